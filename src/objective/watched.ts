/** Handles readings that depend on the watch of the platform, which saw nothing while it was broken. */
import type { Story } from "../timeline/story.ts";

/** The `source` of the gaps that the conductor records while the watch of the platform is broken. */
export const PLATFORM_WATCH = "platform watch";

/** Returns the reason why "no more than was seen" is not proven; undefined if the watch was never broken. */
export function unwatched({ gaps }: Story): string | undefined {
  const blind = gaps.filter(({ source }) => source === PLATFORM_WATCH);
  const [first] = blind;
  if (first === undefined) return undefined;
  const at = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const more = blind.length === 1 ? "" : ` (and ${blind.length - 1} more times)`;
  return `the platform was not watched from ${at(first.fromMs)} to ${at(first.toMs)}${more}: ${first.because}`;
}

/** Returns the `cannotPass` of a reading that counts only what was seen, if the watch was broken. */
export function provenBy(story: Story): { readonly cannotPass?: string } {
  const why = unwatched(story);
  return why === undefined ? {} : { cannotPass: why };
}

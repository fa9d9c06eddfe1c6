/** What only the platform's own watch tells: nobody saw it while the watch was broken. */
import type { Story } from "../timeline/story.ts";

/** `source` of the gaps that the conductor records while the watch of the platform is broken. */
export const PLATFORM_WATCH = "platform watch";

/** A reason why "no more than was seen" is not proven; undefined: the watch held all the time. */
export function unwatched({ gaps }: Story): string | undefined {
  const blind = gaps.filter(({ source }) => source === PLATFORM_WATCH);
  const [first] = blind;
  if (first === undefined) return undefined;
  const at = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const more = blind.length === 1 ? "" : ` (and ${blind.length - 1} more times)`;
  return `the platform was not watched from ${at(first.fromMs)} to ${at(first.toMs)}${more}: ${first.because}`;
}

/** For a reading that only counts what was seen. */
export function provenBy(story: Story): { readonly cannotPass?: string } {
  const why = unwatched(story);
  return why === undefined ? {} : { cannotPass: why };
}

/** Ways to damage one file of a run folder, by seed: truncated, flipped, reordered, doubled, dropped. Pure. */
import type { Random } from "../../src/std/random.ts";

export const DAMAGES = ["truncate", "flip", "reorder", "double", "drop"] as const;
export type Damage = (typeof DAMAGES)[number];

/** Returns the damaged text, or the same text when there is nothing to damage. */
export function damage(kind: Damage, text: string, random: Random): string {
  if (text.length === 0) return text;
  if (kind === "truncate") return text.slice(0, random.int(text.length));
  if (kind === "flip") return flip(text, random);
  const lines = text.split("\n");
  const at = random.int(lines.length);
  const line = lines[at] ?? "";
  if (kind === "double") return [...lines.slice(0, at), line, ...lines.slice(at)].join("\n");
  const rest = [...lines.slice(0, at), ...lines.slice(at + 1)];
  if (kind === "drop") return rest.join("\n");
  const to = random.int(lines.length);
  return [...rest.slice(0, to), line, ...rest.slice(to)].join("\n");
}

/** Flips one bit of one character. */
function flip(text: string, random: Random): string {
  const at = random.int(text.length);
  const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(7)));
  return text.slice(0, at) + flipped + text.slice(at + 1);
}

/**
 * Returns a ledger in which one read of one object has lost its items. With `counted`, its end line reports that there were none.
 */
export function emptyRead(text: string, counted: boolean, random: Random): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => JSON.parse(line) as { line: string; read: number; object: string });
  const ends = parsed.filter(({ line }) => line === "end");
  if (ends.length === 0) return text;
  const { read, object } = random.pick(ends);
  const isOf = (one: { read: number; object: string }) => one.read === read && one.object === object;
  const kept = parsed.flatMap((one) => {
    if (!isOf(one)) return [one];
    if (one.line === "item") return [];
    return [counted ? { ...one, items: 0, copies: 0, pages: [] } : one];
  });
  return kept.map((line) => `${JSON.stringify(line)}\n`).join("");
}

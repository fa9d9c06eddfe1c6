/** Parses a metric as people write it: "http_req_duration{name:GET /items/{id}, scenario:"a, b"}". */
import { decodeTag, type Metric } from "./metric.ts";

interface Tag {
  readonly key: string;
  /** The value as it is written. */
  readonly raw: string;
  /** The value after quotes and percent-encoding are decoded. */
  readonly meant: string;
}

/**
 * Returns what the text may mean, the likelier meaning first: quotes and percent-encoding are decoded, or they are part of the
 * value itself. The list is empty when the text is not a metric. A comma within a value needs neither quotes nor encoding when
 * no "key:" follows it, or when it stands in braces.
 */
export function parseWrittenMetric(text: string): Metric[] {
  const [, name, list = ""] = /^\s*([^{}\s]+)\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? [];
  if (name === undefined) return [];
  const tags = tagsIn(list);
  if (tags === undefined) return [];
  const meant = { name, tags: Object.fromEntries(tags.map(({ key, meant: value }) => [key, value])) };
  if (tags.every(({ raw, meant: value }) => raw === value)) return [meant];
  return [meant, { name, tags: Object.fromEntries(tags.map(({ key, raw }) => [key, raw])) }];
}

/** Parses a list of tags; returns undefined when a part of it is not a tag. */
function tagsIn(list: string): Tag[] | undefined {
  const tags: Tag[] = [];
  for (let at = 0; /\S/.test(list.slice(at)); ) {
    const key = /^\s*,?\s*([^:,]+?)\s*:\s*/.exec(list.slice(at));
    if (key === null) return /^[\s,]*$/.test(list.slice(at)) ? tags : undefined;
    const from = at + key[0].length;
    const length = quotedLength(list.slice(from)) ?? plainLength(list.slice(from));
    const raw = list.slice(from, from + length).trim();
    tags.push({ key: decodeTag(key[1] ?? ""), raw, meant: meaningOf(raw) });
    at = from + length;
  }
  return tags;
}

const QUOTED = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?=\s*(?:,|$))/s;

function quotedLength(text: string): number | undefined {
  return QUOTED.exec(text)?.[0].length;
}

/** Returns the length up to the first comma outside braces that another tag follows. */
function plainLength(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") depth++;
    else if (character === "}" && depth > 0) depth--;
    else if (character === "," && depth === 0 && /^,\s*(?:[^:,{}"']+:|$)/.test(text.slice(at))) return at;
  }
  return text.length;
}

function meaningOf(raw: string): string {
  const [, double, single] = QUOTED.exec(raw) ?? [];
  const quoted = double ?? single;
  return quoted === undefined ? decodeTag(raw) : quoted.replace(/\\(.)/gs, "$1");
}

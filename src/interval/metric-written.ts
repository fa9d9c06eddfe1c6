/** A metric as people write it: "http_req_duration{name:GET /items/{id}, scenario:"a, b"}". */
import { decodeTag, type Metric } from "./metric.ts";

interface Tag {
  readonly key: string;
  /** As it stands there, and what that means when it is quoted or percent-encoded. */
  readonly raw: string;
  readonly meant: string;
}

/**
 * What the text may mean, the likelier first: quotes and percent-encoding as such, or as a part of the value itself. Empty:
 * it is no metric. A comma within a value needs neither where no "key:" follows it, or where it stands in braces.
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

/** Undefined: something in it is no tag. */
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

/** Up to a comma, outside braces, that another tag follows. */
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

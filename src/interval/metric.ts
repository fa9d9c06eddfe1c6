/**
 * A metric is a name with tags. Its canonical text has the tags in code-unit order:
 * "http_req_duration{name:checkout,scenario:sale}". `%`, `,`, `{`, `}` and line feeds are percent-encoded, and `:` in keys too,
 * so that the text reads back unchanged.
 */
export interface Metric {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function formatMetric(name: string, tags: Readonly<Record<string, string>>): string {
  const keys = Object.keys(tags).sort();
  if (keys.length === 0) return name;
  return `${name}{${keys.map((key) => `${encode(key).replaceAll(":", "%3A")}:${encode(tags[key] ?? "")}`).join(",")}}`;
}

/** Parses the output of formatMetric; spaces around tags are allowed. Returns undefined when the text is not a metric. */
export function parseMetric(text: string): Metric | undefined {
  const [, name, list] = /^\s*([^{}\s]+)\s*(?:\{([^{}]*)\})?\s*$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const tags: [string, string][] = [];
  for (const pair of (list ?? "").split(",")) {
    if (pair.trim() === "") continue;
    const colon = pair.indexOf(":");
    if (colon < 0) return undefined;
    tags.push([decodeTag(pair.slice(0, colon).trim()), decodeTag(pair.slice(colon + 1).trim())]);
  }
  return { name, tags: Object.fromEntries(tags) }; // fromEntries defines, so a tag named __proto__ is only a tag
}

/** Returns true when `metric` has the wanted name and at least the wanted tags, so a wider metric matches all narrower series. */
export function matchesMetric(metric: Metric, wanted: Metric): boolean {
  if (metric.name !== wanted.name) return false;
  return hasTags(metric, wanted.tags);
}

/**
 * Returns true when `metric` has at least the wanted tags. A metric without the tag `expected_response` counts as expected,
 * because only failed requests carry that tag.
 */
export function hasTags(metric: Metric, wanted: Readonly<Record<string, string>>): boolean {
  for (const key of Object.keys(wanted)) {
    const told = metric.tags[key] ?? (key === "expected_response" ? "true" : undefined);
    if (told !== wanted[key]) return false;
  }
  return true;
}

function encode(text: string): string {
  return text.replace(
    /[%,{}\n]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Decodes what formatMetric percent-encoded. */
export function decodeTag(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Renders metrics in Prometheus' text format, version 0.0.4. */
import type { HistogramSample, MetricFamily, MetricLabels, MetricSample } from "../metric.ts";
import { GAMEDAY_METRICS, K6_METRICS, K6_STATISTICS } from "./table.ts";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
/** A label is as long as a person reads; the text of a target must not fill the receiver. */
const LABEL_LENGTH_MAX = 200;

export function renderMetrics(samples: readonly MetricSample[]): string {
  const byName = Map.groupBy(samples, ({ name }) => name);
  return [...byName].map(([name, of]) => renderFamily(name, of)).join("");
}

function renderFamily(name: string, samples: readonly MetricSample[]): string {
  const family = familyOf(name);
  const head = family === undefined ? "" : `# HELP ${name} ${escapeHelp(family.says)}\n# TYPE ${name} ${family.type}\n`;
  return head + samples.map((sample) => ("value" in sample ? plainLine(sample) : histogramLines(sample))).join("");
}

/** Returns the family of a metric; those of a trend of k6 carry the statistic in their names. */
export function familyOf(name: string): MetricFamily | undefined {
  const own = [...GAMEDAY_METRICS, ...K6_METRICS].find((family) => family.name === name);
  if (own !== undefined) return own;
  const statistic = K6_STATISTICS.find((one) => name.endsWith(`_${one}`));
  return statistic === undefined ? undefined : K6_METRICS.find((family) => `${family.name}_${statistic}` === name);
}

function plainLine({ name, labels, value }: { name: string; labels: MetricLabels; value: number }): string {
  return `${name}${labelText(labels)} ${number(value)}\n`;
}

function histogramLines({ name, labels, bounds, counts, sum }: HistogramSample): string {
  let below = 0;
  const lines = counts.map((count, at) => {
    below += count;
    const le = at < bounds.length ? number(bounds[at] as number) : "+Inf";
    return plainLine({ name: `${name}_bucket`, labels: { ...labels, le }, value: below });
  });
  const totals = [`${name}_sum${labelText(labels)} ${number(sum)}\n`, `${name}_count${labelText(labels)} ${below}\n`];
  return [...lines, ...totals].join("");
}

function labelText(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(text: string): string {
  const short = text.length > LABEL_LENGTH_MAX ? `${text.slice(0, LABEL_LENGTH_MAX - 1)}…` : text;
  return short.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}

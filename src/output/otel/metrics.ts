/**
 * Translates the samples of a run into an OTLP metrics request (JSON encoding of opentelemetry-proto 1.x). Names follow OpenTelemetry:
 * dots, and the unit beside the name, so that a collector that writes to Prometheus makes the same names as our own page.
 */
import type { RunContext } from "../../output.ts";
import { familyOf } from "../metric/text.ts";
import type { HistogramSample, MetricSample, PlainSample } from "../metric.ts";
import { attributesOf, nanosecondsAt, resourceOf, SCOPE } from "./values.ts";

/** The endings of Prometheus' names, with the unit in UCUM that takes their place. */
const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_seconds$/, "s"],
  [/_bytes(_total)?$/, "By"],
  [/_ratio$/, "1"],
  [/_total$/, "1"],
];
const CUMULATIVE = 2;

export function metricsMessage(context: RunContext, samples: readonly MetricSample[], nowMs: number): object {
  const times = { startTimeUnixNano: nanosecondsAt(context, 0), timeUnixNano: nanosecondsAt(context, nowMs) };
  const byName = Map.groupBy(samples, ({ name }) => name);
  const metrics = [...byName].map(([name, of]) => metricOf(name, of, times));
  return { resourceMetrics: [{ resource: resourceOf(context), scopeMetrics: [{ scope: SCOPE, metrics }] }] };
}

type Times = Readonly<Record<"startTimeUnixNano" | "timeUnixNano", string>>;

function metricOf(name: string, samples: readonly MetricSample[], times: Times): object {
  const [ending, unit] = UNITS.find(([pattern]) => pattern.test(name)) ?? [/$/, "1"];
  const family = familyOf(name);
  const head = {
    name: name.replace(ending, "").replace(/^gameday_/, "gameday."),
    description: family?.says ?? "",
    unit,
  };
  const plain = samples.filter((sample): sample is PlainSample => "value" in sample && Number.isFinite(sample.value));
  if (family?.type === "histogram") {
    const dataPoints = samples.filter((sample): sample is HistogramSample => "counts" in sample);
    const points = dataPoints.map((sample) => histogramPoint(sample, times));
    return { ...head, histogram: { aggregationTemporality: CUMULATIVE, dataPoints: points } };
  }
  const dataPoints = plain.map(({ labels, value }) => ({
    attributes: attributesOf(labels),
    ...times,
    asDouble: value,
  }));
  if (family?.type !== "counter") return { ...head, gauge: { dataPoints } };
  return { ...head, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

function histogramPoint({ labels, bounds, counts, sum }: HistogramSample, times: Times): object {
  return {
    attributes: attributesOf(labels),
    ...times,
    count: String(counts.reduce((total, count) => total + count, 0)),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  };
}

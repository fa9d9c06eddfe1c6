/** The metrics of a run, as monitoring systems read them: families with their meaning, and samples with labels. */

export interface MetricFamily {
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly says: string;
  readonly labels: readonly string[];
}

export type MetricLabels = Readonly<Record<string, string>>;

export interface PlainSample {
  readonly name: string;
  readonly labels: MetricLabels;
  readonly value: number;
}

/** `counts` has one entry more than there are bounds: the last one counts what is above all of them. */
export interface HistogramSample {
  readonly name: string;
  readonly labels: MetricLabels;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export type MetricSample = PlainSample | HistogramSample;

/** `--otel URL`: metrics and spans of the run to an OpenTelemetry collector, by OTLP over HTTP in its JSON encoding. */
import type { Output, OutputKind, RunContext } from "../output.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/** How often metrics are sent. They are cumulative, so that a lost message costs resolution and nothing else. */
const EVERY_SECONDS = 5;
/** Older messages than this are of no use to anybody: the next one says the same and more. */
const QUEUE_MAX = 8;

export const otelOutput: OutputKind = {
  name: "otel",
  says: "metrics and spans to an OpenTelemetry collector",
  flags: [{ flags: "--otel <url>", says: "a collector that takes OTLP over HTTP: http://127.0.0.1:4318" }],
  async open(context, { otel }, env) {
    return typeof otel === "string"
      ? await opened(context, baseOf(otel), headersOf(env["OTEL_EXPORTER_OTLP_HEADERS"]))
      : null;
  },
};

type Headers = Readonly<Record<string, string>>;

async function opened(context: RunContext, base: string, headers: Headers): Promise<Output> {
  const [{ RunMeter }, { metricsMessage }, { SpanMaker }, { Sender }] = await Promise.all([
    import("./metric/meter.ts"),
    import("./otel/metrics.ts"),
    import("./otel/spans.ts"),
    import("./sender.ts"),
  ]);
  const meter = new RunMeter(context);
  const spans = new SpanMaker(context);
  const sender = new Sender({ queueMax: QUEUE_MAX });
  let rows = 0;
  let told = false;
  const post = (path: string, make: () => object) =>
    sender.send(() => ({
      method: "POST",
      url: `${base}${path}`,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(make()),
    }));
  const sendMetrics = () =>
    post("/v1/metrics", () => metricsMessage(context, meter.samples(new Set(["gameday"])), context.clock.nowMs()));
  return {
    event(event) {
      meter.event(event);
      spans.event(event);
    },
    interval: (interval) => meter.interval(interval),
    second(row) {
      meter.second(row);
      if (++rows % EVERY_SECONDS === 0) sendMetrics();
    },
    verdict(verdict) {
      meter.verdict(verdict);
      sendMetrics();
      post("/v1/traces", () => spans.message(verdict, context.clock.nowMs()));
    },
    async settle(signal) {
      sendMetrics();
      await sender.idle(signal);
      told = sender.losses !== null;
      return sender.losses;
    },
    async close(signal) {
      await sender.idle(signal);
      sender.close();
      if (sender.losses !== null && !told) context.say(`otel: ${sender.losses}`);
    },
  };
}

/** Throws GamedayError for what is no URL of a collector. A password in a URL would be shown in lists of processes. */
function baseOf(given: string): string {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrong("--otel with a URL, like http://127.0.0.1:4318", "another text");
  if (url.username !== "" || url.password !== "")
    throw wrong(
      "--otel without a password",
      "one with it",
      "OTEL_EXPORTER_OTLP_HEADERS='authorization=Bearer ...' holds secrets",
    );
  return given.replace(/\/+$/, "").replace(/\/v1\/(metrics|traces)$/, "");
}

/** Parses "key=value,key=value", as OpenTelemetry's own programs do; values are percent-encoded. */
export function headersOf(given: string | undefined): Headers {
  const pairs = (given ?? "").split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at <= 0) throw wrong("OTEL_EXPORTER_OTLP_HEADERS as key=value, with commas between", "a part without =");
      return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wrong(expected: string, got: string, hint?: string): GamedayError {
  const code = "bad-flag";
  return new GamedayError({ code, expected, got, exitCode: ExitCode.usage, ...(hint === undefined ? {} : { hint }) });
}

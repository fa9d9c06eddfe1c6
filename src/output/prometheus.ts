/** `--metrics ADDRESS`: the metrics of the run as a page in Prometheus' text format, on this machine only. */
import type { Output, OutputFlags, OutputKind, RunContext } from "../output.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { Names } from "./metric/meter.ts";

export const prometheusOutput: OutputKind = {
  name: "metrics",
  says: "a page of metrics in Prometheus' text format, for Grafana and other dashboards",
  flags: [
    {
      flags: "--metrics <address>",
      says: 'a page of metrics for Prometheus: ":9464" is http://127.0.0.1:9464/metrics',
    },
    { flags: "--metrics-names <names>", says: '"k6" or "gameday,k6": also under the names of k6 (default: gameday)' },
  ],
  async open(context, flags) {
    const { metrics, metricsNames } = flags;
    const names = namesOf(metricsNames);
    if (typeof metrics === "string") return await opened(context, loopbackOf(metrics), names);
    if (metricsNames === undefined) return null;
    throw wrong("--metrics ADDRESS with --metrics-names", "--metrics-names alone");
  },
};

async function opened(context: RunContext, address: Address, names: ReadonlySet<Names>): Promise<Output> {
  const [{ RunMeter }, { renderMetrics }, { MetricsServer }] = await Promise.all([
    import("./metric/meter.ts"),
    import("./metric/text.ts"),
    import("./prometheus/server.ts"),
  ]);
  const meter = new RunMeter(context);
  const server = await MetricsServer.listen(address, () => renderMetrics(meter.samples(names)));
  context.say(`metrics: ${server.url}`);
  return {
    event: (event) => meter.event(event),
    interval: (interval) => meter.interval(interval),
    second: (row) => meter.second(row),
    verdict: (verdict) => meter.verdict(verdict),
    close: async () => await server.close(),
  };
}

export interface Address {
  readonly host: "127.0.0.1" | "::1";
  readonly port: number;
}

const PORT_MAX = 65_535;

/** Parses ":9464", "9464", "127.0.0.1:9464", "localhost:9464" or "[::1]:9464". Throws GamedayError for any other address. */
export function loopbackOf(given: string): Address {
  const [, host = "", port = ""] = /^(?:(.*):)?(\d{1,5})$/.exec(given.trim()) ?? [];
  if (port === "" || Number(port) > PORT_MAX) throw wrong('--metrics with a port, like ":9464"', JSON.stringify(given));
  if (host === "[::1]") return { host: "::1", port: Number(port) };
  if (["", "127.0.0.1", "localhost"].includes(host)) return { host: "127.0.0.1", port: Number(port) };
  const hint =
    "other machines reach it through a tunnel (ssh -L, kubectl port-forward); the metrics name targets of the run";
  throw wrong("--metrics with an address of this machine", JSON.stringify(given), hint);
}

function namesOf(given: OutputFlags[string]): ReadonlySet<Names> {
  const names = String(given ?? "gameday").split(",");
  const bad = names.find((name) => name !== "gameday" && name !== "k6");
  if (bad !== undefined) throw wrong("--metrics-names gameday, k6, or both with a comma", JSON.stringify(given));
  return new Set(names as Names[]);
}

function wrong(expected: string, got: string, hint?: string): GamedayError {
  const code = "bad-flag";
  return new GamedayError({ code, expected, got, exitCode: ExitCode.usage, ...(hint === undefined ? {} : { hint }) });
}

/** Entry point of the process in which all probes beat. It is separate from the load, so that the load cannot stall the probes. */
import type { Operation } from "../../history.ts";
import type { ProbeRate } from "../../plan.ts";
import { beatEveryMs } from "../../probe.ts";
import { loadProbes } from "../../scenario/module.ts";
import type { ProbeDefinition } from "../../scenario.ts";
import { monotonicClock } from "../../std/clock.ts";
import { seededRandom } from "../../std/random.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { Notes } from "../count/notes.ts";
import { Scope } from "../count/scope.ts";
import { timeoutOf } from "../http/call-options.ts";
import { KeptBytes } from "../http/kept-bytes.ts";
import { type Network, networkWith } from "../http/network.ts";
import { Session, sessionSettings } from "../http/session.ts";
import { Alarms } from "../time/alarms.ts";
import { errorText } from "../wire/error-text.ts";
import { localPorts } from "./local-ports.ts";
import type { FromProbes, ProbeJob, ToProbes } from "./protocol.ts";
import { IN_FLIGHT_MAX, ProbeStream, type StreamWorld } from "./stream.ts";

const TIMEOUT_MS = 1_000;
const FLUSH_MS = 100;
const BODY_BYTES_MAX = 4 << 20;

let streams: ProbeStream[] = [];
let operations: Operation[] = [];
const abort = new AbortController();
const notes = new Notes((says) => tell({ type: "note", says }));

process.on("message", (message: ToProbes) => void obey(message));
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function obey(message: ToProbes): Promise<void> {
  try {
    if (message.type === "job") await begin(message.job);
    else await stop();
  } catch (thrown) {
    tell({ type: "failed", error: errorText(thrown) });
  }
}

async function begin(job: ProbeJob): Promise<void> {
  const definitions = await loadProbes(job.file);
  const shared = { clock: monotonicClock(job.originNs), alarms: new Alarms(() => undefined) };
  const localPort = localPorts(seededRandom(job.seed).fork(`${job.name}/${job.generation}/ports`).float());
  const network = networkWith({
    connectTimeoutMs: TIMEOUT_MS,
    kept: new KeptBytes(BODY_BYTES_MAX),
    ...(localPort !== null && { localPort }),
  });
  for (const definition of definitions) {
    const timeoutMs = definition.timeout === undefined ? TIMEOUT_MS : timeoutOf(definition.timeout);
    for (const connection of ["kept", "fresh"] as const) {
      const world: StreamWorld = {
        ...shared,
        runId: job.runId,
        place: job.name,
        tellsOutages: job.tellsOutages,
        signal: abort.signal,
        timeoutMs,
        everyMs: beatEveryMs(rateOf(definition, job.rate)),
        random: seededRandom(job.seed).fork(`${job.name}/${definition.class}/${connection}`),
        firstSequence: job.generation * 10_000_000,
        ...listener,
      };
      streams.push(
        new ProbeStream(
          definition,
          connection,
          session({ job, network, definition, timeoutMs }, connection === "fresh"),
          world,
        ),
      );
    }
  }
  // The starts are spread over the period, so that the streams do not all send at once.
  const startMs = performance.now() + 20;
  for (const [index, stream] of streams.entries()) stream.start(startMs + (index * stream.everyMs) / streams.length);
  setInterval(flush, FLUSH_MS);
  tell({ type: "begun" });
}

function rateOf({ class: name, rate }: ProbeDefinition, planned: ProbeRate | undefined): number | undefined {
  return (typeof planned === "number" ? planned : planned?.[name]) ?? rate;
}

interface StreamOf {
  readonly job: ProbeJob;
  readonly network: Network;
  readonly definition: ProbeDefinition;
  readonly timeoutMs: number;
}

/** Returns the session of one stream; with `fresh`, it opens a connection for each beat. */
function session({ job, network, definition, timeoutMs }: StreamOf, fresh: boolean): Session {
  const headers = {
    "User-Agent": "gameday-probe",
    "x-gameday-run": job.runId,
    ...(fresh ? { Connection: "close" } : {}),
  };
  const settings = sessionSettings(job.baseUrl, network, headers, {
    timeoutMs,
    redirectsMax: 0,
    repeatsOnStale: false,
    connectionsMax: 2 * IN_FLIGHT_MAX,
    freshConnections: fresh,
  });
  const scope = new Scope(new MetricRegistry(() => undefined), {}, false); // probes are never counted as load
  return new Session(settings, {
    scope,
    takeDueMs: (nowMs) => nowMs,
    login: null,
    onLocalTrouble: (message) =>
      notes.once("local", `the probe of ${definition.class} could not open a connection: ${message}`),
  });
}

const listener = {
  onOperation: (operation: Operation) => void operations.push(operation),
  onGap: (source: string, fromMs: number, toMs: number, because: string) =>
    tell({ type: "gap", source, fromMs, toMs, because }),
  onNote: (key: string, says: string) => notes.once(key, says),
};

function flush(): void {
  const batch = operations;
  operations = [];
  tell({ type: "operations", operations: batch, streams: streams.map((stream) => stream.live()) });
}

async function stop(): Promise<void> {
  const ending = streams;
  await Promise.all(ending.map((stream) => stream.stop()));
  abort.abort();
  flush();
  streams = [];
  notes.close();
  tell({ type: "done" });
}

function tell(message: FromProbes): void {
  if (process.connected) process.send?.(message);
}

/**
 * `node workers.ts URL TOKEN COUNT`: runs COUNT simulated workers in one process. To the coordinator each looks like a real one:
 * it joins and gets ready. From the start on, it reports every second the figures of some hundred requests of four names, and
 * sends a heartbeat every half second.
 */
import { WebSocket } from "ws";
import type { Interval, MetricDelta } from "../../src/interval.ts";
import { WIRE_VERSION, type WireFromWorker, type WireToWorker } from "../../src/load/wire/envelope.ts";
import type { FromWorker, ToWorker } from "../../src/load/wire/protocol.ts";
import { Histogram } from "../../src/std/histogram.ts";

const [url = "", token = "", count = "1000"] = process.argv.slice(2);

const NAMES = ["/login", "/items/:id", "/orders", "/cart"];
const REQUESTS_OF_A_NAME = 100;
const HEALTH: Interval["health"] = {
  loopDelayMsP99: 1,
  loopDelayMsMax: 2,
  cpu: 0.5,
  rssBytes: 9e7,
  gcPauseMs: 3,
  sendLagMsP50: 0.3,
  sendLagMsMax: 2,
};

/** Generates latencies of about 20 ms with a long tail, as a sparse histogram. */
function latencies(metric: string, samples: number): MetricDelta {
  const histogram = new Histogram();
  for (let made = 0; made < samples; made++) histogram.record(20 * Math.exp(Math.random() * Math.random() * 3));
  return { metric, failed: 0, ...histogram.snapshot() };
}

function sums(metric: string, samples: number): MetricDelta {
  return { metric, count: samples, failed: 0, sum: samples, min: 0, max: 1 };
}

/** Returns everything that a worker with that scenario reports in a second. */
function metrics(): MetricDelta[] {
  const all = NAMES.length * REQUESTS_OF_A_NAME;
  return [
    ...NAMES.map((name) => latencies(`http_req_duration{name:${name},scenario:shop}`, REQUESTS_OF_A_NAME)),
    latencies("http_req_waiting{scenario:shop}", all),
    latencies("iteration_duration{scenario:shop}", REQUESTS_OF_A_NAME),
    ...NAMES.map((name) => sums(`checks{name:${name},scenario:shop}`, REQUESTS_OF_A_NAME)),
    sums("data_received{scenario:shop}", all),
  ];
}

function identity(slot: number): { id: string; name: string } {
  return { id: `simulated-${process.pid}-${slot}`, name: `simulated-${slot}` };
}

class SimulatedWorker {
  readonly #socket: WebSocket;
  #name = "";
  #number = 0;
  #intervals = 0;
  #beginMs = 0;
  #timers: NodeJS.Timeout[] = [];

  constructor(slot: number) {
    this.#socket = new WebSocket(url.replace(/^http/, "ws"), { headers: { authorization: `Bearer ${token}` } });
    this.#socket.on("open", () =>
      this.#send({
        wire: "hello",
        version: WIRE_VERSION,
        ...identity(slot),
        running: null,
        next: 1,
        heard: 0,
        lineMs: 0,
      }),
    );
    this.#socket.on("message", (data) => this.#hear(JSON.parse(String(data)) as WireToWorker));
    this.#socket.on("close", () => this.#end());
    this.#socket.on("error", (error) => console.error(`worker ${slot}: ${error.message}`));
  }

  #hear(said: WireToWorker): void {
    if (said.wire === "message") this.#obey(said.message);
  }

  #obey(message: ToWorker): void {
    if (message.type === "job") {
      this.#name = message.job.worker;
      this.#tell({ type: "ready" });
    } else if (message.type === "setup") this.#tell({ type: "set-up", data: [null] });
    else if (message.type === "begin") this.#begin(message.startAtMs);
    else if (message.type === "stop") {
      this.#end();
      this.#tell({ type: "done" });
    } else if (message.type === "teardown") this.#tell({ type: "torn-down" });
    else if (message.type === "exit") this.#socket.close();
  }

  /** Starts the reports. Each worker reports at its own moments, because real workers start at different times too. */
  #begin(startAtMs: number): void {
    this.#beginMs = startAtMs;
    const phase = setTimeout(() => {
      this.#timers.push(
        setInterval(() => this.#tellInterval(), 1_000),
        setInterval(() => this.#tell({ type: "beat" }), 500),
      );
    }, Math.random() * 1_000);
    this.#timers.push(phase);
  }

  #tellInterval(): void {
    const fromMs = this.#beginMs + this.#intervals * 1_000;
    const sequence = ++this.#intervals;
    const state = { worker: this.#name, epoch: 1, sequence, fromMs, toMs: fromMs + 1_000 };
    const interval = { ...state, users: 10, usersIntended: 10, dropped: 0, metrics: metrics(), health: HEALTH };
    this.#tell({ type: "interval", interval });
  }

  #tell(message: FromWorker): void {
    this.#send({ wire: "message", number: ++this.#number, message });
  }

  #send(said: WireFromWorker): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(said));
  }

  #end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}

for (let slot = 0; slot < Number(count); slot++) new SimulatedWorker(slot);

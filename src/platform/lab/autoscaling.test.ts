import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { configOf } from "../../autoscaler/autoscaler.fixture.ts";
import { recompute, type SyncRecord } from "../../autoscaler/recompute.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { Autoscaling, type AutoscalingWorld } from "./autoscaling.ts";

const CONFIG = configOf({ minReplicas: 3, maxReplicas: 6 }, 50);

/** A lab whose time passes only in pauses, and whose replicas share a load of `loadMilli` thousandths of a core. */
class SimulatedLab implements AutoscalingWorld {
  readonly requestMilli = 100;
  loadMilli = 60;
  count = 3;
  broken = false;
  lookMs = 0;
  #now = 0;
  #cpuMs = new Map<string, number>();
  #until = 0;

  readonly nowMs = () => this.#now;

  async pause(ms: number, signal: AbortSignal): Promise<void> {
    while (this.#now >= this.#until && !signal.aborted) await turn();
    this.#now += ms;
    for (const name of this.#names()) {
      this.#cpuMs.set(name, (this.#cpuMs.get(name) ?? 0) + (this.loadMilli * ms) / 1_000 / this.count);
    }
  }

  async look() {
    if (this.broken) throw new Error("nothing answers");
    this.#now += this.lookMs;
    const replicas = this.#names().map((replica) => ({
      replica,
      pid: 1,
      cpuMs: this.#cpuMs.get(replica) ?? 0,
      ready: true,
    }));
    return { desired: this.count, replicas };
  }

  async scale(count: number): Promise<void> {
    this.count = count;
  }

  /** Lets the time pass. */
  async run(ms: number): Promise<void> {
    this.#until = this.#now + ms;
    while (this.#now < this.#until) await turn();
  }

  #names(): string[] {
    return Array.from({ length: this.count }, (_, at) => `app/${at}`);
  }
}

function begun(lab: SimulatedLab) {
  const autoscaling = new Autoscaling(CONFIG, lab);
  const events: Extract<TimelineEvent, { type: "replicas" }>[] = [];
  const end = autoscaling.onSync((event) => event.type === "replicas" && events.push(event));
  autoscaling.begin();
  return { autoscaling, events, end };
}

test("without load it keeps the minimum for five minutes", async () => {
  const lab = new SimulatedLab();
  const { autoscaling, events } = begun(lab);
  await lab.run(300_000);
  autoscaling.close();
  assert.ok(events.length >= 20);
  assert.ok(events.every(({ current, desired }) => current === 3 && desired === 3));
});

test("load adds replicas, its end removes them after the window, and each sync can be computed again", async () => {
  const lab = new SimulatedLab();
  const { autoscaling, events } = begun(lab);
  await lab.run(20_000);
  lab.loadMilli = 280;
  await lab.run(60_000);
  assert.equal(lab.count, 6);
  lab.loadMilli = 30;
  await lab.run(290_000);
  assert.equal(lab.count, 6);
  await lab.run(60_000);
  autoscaling.close();
  assert.equal(lab.count, 3);
  assert.deepEqual(
    recompute(
      CONFIG,
      events.map(({ detail }) => detail as unknown as SyncRecord),
    ),
    [],
  );
});

test("syncs come once a period, even if a look takes its time", async () => {
  const lab = new SimulatedLab();
  lab.lookMs = 300;
  const { autoscaling, events } = begun(lab);
  await lab.run(150_000);
  autoscaling.close();
  const apart = events.slice(1).map(({ atMs }, at) => atMs - (events[at]?.atMs ?? 0));
  assert.ok(apart.length >= 9);
  assert.ok(
    apart.every((ms) => Math.abs(ms - 15_000) < 1_500),
    `${apart}`,
  );
});

test("its health reports what it last saw, and that it sees nothing", async () => {
  const lab = new SimulatedLab();
  const { autoscaling } = begun(lab);
  assert.equal(autoscaling.health().ok, false);
  await lab.run(20_000);
  assert.equal(autoscaling.health().ok, true);
  assert.match(autoscaling.health().seen, /^3 desired, CPU at \d+ % of the request, ValidMetricFound/);
  lab.broken = true;
  await lab.run(70_000);
  assert.equal(autoscaling.health().ok, false);
  assert.match(autoscaling.health().seen, /nothing answers/);
  autoscaling.close();
});

test("a listener that unsubscribed receives nothing more", async () => {
  const lab = new SimulatedLab();
  const { autoscaling, events, end } = begun(lab);
  await lab.run(3_000);
  end();
  const told = events.length;
  await lab.run(60_000);
  autoscaling.close();
  assert.equal(told, 1);
  assert.equal(events.length, 1);
});

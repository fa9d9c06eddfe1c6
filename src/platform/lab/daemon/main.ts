/**
 * The program of a lab that runs in its own process, started by `gameday lab up`. The first message on the IPC channel tells it
 * what to boot (never argv, which every user may read: the app's environment may hold secrets). It reports to its parent that the
 * lab is up, or why not, and then lives until it is told to end. It is a separate program, which is why it uses `process`
 * directly.
 */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { monotonicClock } from "../../../std/clock.ts";
import { messageOf } from "../../../std/errors.ts";
import type { Json } from "../../../std/json.ts";
import { NODES } from "../addresses.ts";
import { LabHost } from "../host.ts";
import { serveCalls, type WrittenError, writeError } from "../rpc.ts";
import { labHandler } from "./serve.ts";

export interface DaemonBoot {
  readonly config: Json;
  readonly folder: string;
  readonly logFolder: string;
  readonly control: string;
}

/** The message to the parent. */
export type DaemonNews = { readonly up: true } | { readonly up: false; readonly error: WrittenError };

const [{ config, folder, logFolder, control }] = (await once(process, "message")) as [DaemonBoot];
const clock = monotonicClock();
const lab = new LabHost(config, { folder, logFolder, clock, runId: "lab", control });
const booting = new AbortController();

let ending = false;
/** From then on the control socket is ours; before, it may belong to a lab that was first. */
let serving = false;

function end(): void {
  if (ending) return;
  ending = true;
  booting.abort(new Error("received the command to end"));
  lab[Symbol.asyncDispose]().then(
    () => leave(0),
    (trouble: unknown) => {
      console.error(`lab: ${messageOf(trouble)}`);
      leave(1);
    },
  );
}

function leave(code: number): void {
  if (serving) rmSync(control, { force: true });
  process.exit(code);
}

async function start(): Promise<void> {
  await lab.prepare(booting.signal);
  const hello: Json = {
    originNs: clock.originNs,
    endpoint: lab.endpoint(),
    config: lab.config as unknown as Json,
    folder,
    pid: process.pid,
  };
  const handler = labHandler(lab, hello);
  serving = true;
  await serveCalls(
    control,
    (call, given, emit, signal) => {
      if (call !== "down") return handler(call, given, emit, signal);
      setImmediate(end);
      return Promise.resolve(null);
    },
    calm,
  );
  lab.onEnd((how) => {
    if (!ending) console.error(`lab: its first process ended (${how})`);
    end();
  });
}

/** Restores the lab after a run: it leaves no more replicas behind than it found, and no client on a node. */
function calm(): void {
  for (const node of NODES) {
    lab.closeInside(node).catch((trouble: unknown) => console.error(`lab: ${messageOf(trouble)}`));
  }
  lab
    .scaleApp(lab.config.app.replicas, AbortSignal.timeout(30_000))
    .catch((trouble: unknown) => console.error(`lab: ${messageOf(trouble)}`));
}

function tell(news: DaemonNews): void {
  process.send?.(news, () => process.disconnect?.());
}

process.on("SIGTERM", end);
process.on("SIGINT", end);
start().then(
  () => tell({ up: true }),
  (trouble: unknown) => {
    process.send?.({ up: false, error: writeError(trouble) } satisfies DaemonNews, () => leave(1));
  },
);

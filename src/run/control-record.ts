/** What following and refusing a command of a person have in common. */
import type { ControlRefusal, ControlReply } from "../control.ts";
import type { Run } from "../run.ts";
import type { Json } from "../std/json.ts";
import type { Steering } from "./steering.ts";

/** A run that people may change while it goes on. */
export type SteeredRun = Run & { readonly steering: Steering };

interface ControlRecord {
  readonly command: string;
  readonly by: string;
  readonly manual: boolean;
  readonly detail?: Json;
}

export function recordControl(run: Run, control: ControlRecord): void {
  run.evidence.event({ atMs: run.clock.nowMs(), type: "control", ...control });
}

export function refuse(refusal: ControlRefusal): ControlReply {
  return { ok: false, refusal };
}

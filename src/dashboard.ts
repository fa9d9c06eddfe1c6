/**
 * The dashboard is a process of its own that reads run folders as they grow, shows them to browsers and scripts through the API
 * (api.ts), and passes on what people want done to the run, to the machine or to a new process. A run neither knows nor waits for
 * it; each survives the other's end.
 */
import type { z } from "zod";
import type * as bodies from "./api/bodies.ts";
import type { CheckAnswer } from "./api/bodies.ts";
import type { ControlCommand, ControlReply } from "./control.ts";

export type StartRun = z.infer<typeof bodies.startRunBody>;
export type StartLoad = z.infer<typeof bodies.startLoadBody>;
export type PlanList = z.infer<typeof bodies.plansSchema>;
export type ScriptList = z.infer<typeof bodies.scriptsSchema>;
export type FaultList = z.infer<typeof bodies.faultsSchema>;
export type ResidueFound = z.infer<typeof bodies.residueSchema>;
export type ResidueHealed = Pick<z.infer<typeof bodies.operationSchema>, "says" | "residue">;
export type SwitchState = Omit<z.infer<typeof bodies.switchSchema>, "stopped">;

/** A run in progress on this machine. */
export interface AliveRun {
  readonly runId: string;
  readonly isControllable: boolean;
}

/** What the dashboard needs of the machine and of the command line; cli/ provides it. Refusals are thrown as GamedayError. */
export interface HostMachine {
  aliveRuns(): Promise<readonly AliveRun[]>;
  /** Sends a command to a run in progress; rejects if nobody listens. */
  control(runId: string, command: ControlCommand): Promise<ControlReply>;
  readonly killSwitch: {
    read(): SwitchState;
    set(on: boolean, by: string, because: string | null): SwitchState;
  };
  plans(): Promise<PlanList>;
  scripts(): Promise<ScriptList>;
  faults(): FaultList;
  checkPlan(plan: string, seed: string | undefined): Promise<CheckAnswer>;
  /** Starts a run in a process of its own, and resolves with the id of its folder once that exists. */
  startRun(asked: StartRun, by: string): Promise<string>;
  startLoad(asked: StartLoad, by: string): Promise<string>;
  findResidue(): Promise<ResidueFound>;
  /** Refuses, with the command line's error, while a run is in progress. */
  healResidue(): Promise<ResidueHealed>;
}

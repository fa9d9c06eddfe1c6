/** What the dashboard needs of this machine: the runs in progress, their sockets, the kill switch, and new processes. */
import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../../cli.ts";
import { readKillSwitch, setKillSwitch } from "../../control/kill-switch.ts";
import { listening } from "../../control/registry.ts";
import { controlPath, sendControl } from "../../control/socket.ts";
import type { ControlCommand, ControlReply } from "../../control.ts";
import type { AliveRun, FaultList, HostMachine, StartLoad, StartRun, SwitchState } from "../../dashboard.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import { askHolders, type Holder } from "../../run/lock.ts";
import { PLATFORMS } from "../../run/platforms.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { faultRecord } from "../faults.ts";
import { checkPlanForApi } from "./check.ts";
import { type Folders, listPlans, listScripts, planPath, scriptPath } from "./given.ts";
import { findResidue, healResidue } from "./residue.ts";
import { startLoadProcess, startRunProcess } from "./spawn.ts";

export interface LocalOptions extends Folders {
  readonly world: World;
  readonly stateFolder: string;
  readonly runsFolder: string;
}

/** How long those who hold the lock may take to say who they are, before the others are shown without them. */
const HOLDERS_MS_MAX = 200;

export class LocalMachine implements HostMachine {
  readonly #options: LocalOptions;
  #holders: readonly Holder[] = [];

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  /**
   * Returns the runs that listen to controls, and those that only hold the machine's lock. A process that holds it and is too busy to
   * say who it is delays nobody: what was known of it is used, and what it answers later is known the next time.
   */
  async aliveRuns(): Promise<readonly AliveRun[]> {
    const asking = askHolders("run").then((holders) => {
      this.#holders = holders;
    });
    const [listeners] = await Promise.all([
      listening(this.#options.stateFolder),
      Promise.race([asking, delay(HOLDERS_MS_MAX)]),
    ]);
    const known = new Set(listeners.map(({ runId }) => runId));
    const others = this.#holders.filter(({ runId }) => !known.has(runId));
    return [
      ...listeners.map(({ runId }) => ({ runId, isControllable: true })),
      ...others.map(({ runId }) => ({ runId, isControllable: false })),
    ];
  }

  control(runId: string, command: ControlCommand): Promise<ControlReply> {
    return sendControl(controlPath(this.#options.stateFolder, runId), command);
  }

  readonly killSwitch = {
    read: (): SwitchState => readKillSwitch(this.#options.stateFolder),
    set: (on: boolean, by: string, because: string | null): SwitchState => {
      const since = this.#options.world.now().toISOString();
      return setKillSwitch(this.#options.stateFolder, on ? { since, by, because } : "off");
    },
  };

  async plans() {
    return listPlans(this.#options);
  }

  async scripts() {
    return listScripts(this.#options);
  }

  faults(): FaultList {
    return {
      faults: FAULTS.map((kind) => {
        const { name, says, parameters, platforms } = faultRecord(kind, PLATFORMS);
        return {
          name,
          says,
          supported: { ...platforms },
          parameters: parameters.map((one) => ({
            name: one.name,
            says: one.says,
            kind: one.type,
            default: (one.default ?? null) as FaultList["faults"][number]["parameters"][number]["default"],
            needed: one.default === undefined,
          })),
        };
      }),
    };
  }

  checkPlan(plan: string, seed: string | undefined) {
    return checkPlanForApi(this.#options.world, planPath(this.#options, plan), seed);
  }

  async startRun({ plan, seed }: StartRun, by: string): Promise<string> {
    await this.#requireNoRun();
    return startRunProcess(this.#options, {
      plan: planPath(this.#options, plan),
      by,
      ...(seed !== undefined && { seed }),
    });
  }

  async startLoad(asked: StartLoad, by: string): Promise<string> {
    await this.#requireNoRun();
    return startLoadProcess(this.#options, { ...asked, script: scriptPath(this.#options, asked.script) }, by);
  }

  findResidue() {
    return findResidue(this.#options.stateFolder);
  }

  async healResidue() {
    await this.#requireNoRun();
    return healResidue(this.#options.world);
  }

  /** Two runs at a time would measure each other. (The lab's own lock keeps out runs of other users, too.) */
  async #requireNoRun(): Promise<void> {
    const [one] = await listening(this.#options.stateFolder);
    if (one === undefined) return;
    throw new GamedayError({
      code: "run-in-progress",
      expected: "no run in progress on this machine",
      got: `run ${one.runId} (process ${one.pid})`,
      hint: "wait for it, or stop it first",
      exitCode: ExitCode.notReady,
    });
  }
}

/**
 * A worker takes a job, runs its own share of the load, and reports what it did. It never asks the coordinator which users are
 * its own, because its share follows from the plan and the epoch. It knows nothing about processes or sockets to its
 * coordinator; `tell` is its only output.
 */

import { shareFeeders } from "../scenario/feeder.ts";
import { inTime, loadError } from "../scenario/load-error.ts";
import { loadScenario } from "../scenario/module.ts";
import { thrownAt } from "../scenario/thrown.ts";
import type { ScenarioDefinition } from "../scenario.ts";
import { RowLeases } from "./rows/leases.ts";
import type { AskRows } from "./rows/protocol.ts";
import { LOADING_MS_MAX } from "./script/inspect.ts";
import { UserStopped } from "./user/stopped.ts";
import { type ErrorText, errorText } from "./wire/error-text.ts";
import type { FromWorker, ToWorker } from "./wire/protocol.ts";
import type { ProcessFigures } from "./worker/health.ts";
import { Work } from "./worker/work.ts";

/** Carries out a coordinator's messages as they arrive. */
export class Worker {
  readonly #figures: ProcessFigures;
  readonly #tell: (message: FromWorker) => void;
  readonly #exit: () => void;
  readonly #rows: RowLeases;
  #work: Work | null = null;
  /** The script that was loaded last; an error that is thrown before there is work comes from it. */
  #loading = "";

  /** `askRows` requests rows of feeders that give each row once. */
  constructor(figures: ProcessFigures, tell: (message: FromWorker) => void, exit: () => void, askRows: AskRows) {
    this.#rows = new RowLeases(askRows);
    this.#figures = figures;
    this.#tell = tell;
    this.#exit = exit;
  }

  /** Reports an error that was thrown where nothing awaits it: in a script's own timer, or in a promise that it forgot. */
  scriptTrouble(thrown: unknown): void {
    if (thrown instanceof UserStopped) return;
    if (this.#work === null) this.#tell({ type: "failed", error: errorText(loadError(thrown, this.#loading)) });
    else this.#work.notes.count("error that nothing awaits", thrownAt(thrown));
  }

  /** Carries out one message. Never rejects: errors are reported to the coordinator. */
  async obey(message: ToWorker): Promise<void> {
    try {
      await this.#obey(message);
    } catch (thrown) {
      const error: ErrorText = errorText(thrown);
      this.#tell({ type: "failed", error });
    }
  }

  #load(file: string): Promise<ScenarioDefinition> {
    this.#loading = file;
    return inTime(loadScenario(file), file, LOADING_MS_MAX);
  }

  async #obey(message: ToWorker): Promise<void> {
    if (message.type === "job") {
      await this.#work?.discard(); // work from a coordinator that was lost before it began the load
      shareFeeders(message.job.slot, message.job.plan.workers, this.#rows);
      const definitions = await Promise.all(message.job.plan.scenarios.map(({ file }) => this.#load(file)));
      this.#work = new Work(message.job, definitions, this.#figures, this.#tell);
      await this.#work.prepared();
      this.#tell({ type: "ready" });
    } else if (message.type === "setup") await this.#work?.setup();
    else if (message.type === "begin") this.#work?.begin(message.startAtMs, message.epoch, message.data);
    else if (message.type === "epoch") this.#work?.change(message.epoch);
    else if (message.type === "stop") await this.#work?.stop();
    else if (message.type === "rows-back")
      this.#tell({ type: "rows-back", key: message.key, rows: this.#rows.giveBack(message.key) });
    else if (message.type === "requests-written") this.#work?.requestsWritten(message.number);
    else if (message.type === "teardown") await this.#work?.teardown(message.data);
    else {
      this.#work?.lastWords();
      this.#exit();
    }
  }
}

/** Operations that take longer than a request may last: they are started, and asked for by their id. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { operationSchema } from "../api/bodies.ts";
import { GamedayError } from "../std/errors.ts";

export type Task = z.infer<typeof operationSchema>;

const TASKS_MAX = 100;

export class Tasks {
  readonly #tasks = new Map<string, Task>();

  /** Starts a task and returns it as it is now. */
  start(what: string, work: () => Promise<Pick<Task, "says" | "residue">>): Task {
    const id = `task-${randomBytes(6).toString("hex")}`;
    const begun: Task = { id, what, state: "running", says: [], residue: [] };
    const oldest = this.#tasks.keys().next();
    if (this.#tasks.size >= TASKS_MAX && oldest.done !== true) this.#tasks.delete(oldest.value);
    this.#tasks.set(id, begun);
    work().then(
      (done) => this.#tasks.set(id, { ...begun, ...done, state: "done" }),
      (thrown) => this.#tasks.set(id, { ...begun, state: "failed", says: [describe(thrown)] }),
    );
    return begun;
  }

  find(id: string): Task | undefined {
    return this.#tasks.get(id);
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof GamedayError ? thrown.describe() : "an error in the server itself; its log has the details";
}

/** Sends recorded operations in batches. */
import type { Operation } from "../../history.ts";

const OPERATIONS_MAX = 2_000;

export class OperationBatch {
  readonly #send: (operations: readonly Operation[]) => void;
  #operations: Operation[] = [];

  constructor(send: (operations: readonly Operation[]) => void) {
    this.#send = send;
  }

  add(operation: Operation): void {
    this.#operations.push(operation);
    if (this.#operations.length >= OPERATIONS_MAX) this.flush();
  }

  flush(): void {
    if (this.#operations.length === 0) return;
    const operations = this.#operations;
    this.#operations = [];
    this.#send(operations);
  }
}

/**
 * Protects the process that scripts share with their engine: scripts cannot use its channel to the coordinator, end it, or fake
 * its clock. This guards against mistakes and habits (`process.send?.("ready")`, `process.exit()` at the end, a fake clock), not
 * against malice.
 */
import { GamedayError } from "../../std/errors.ts";

/** The functions of the process that scripts cannot use. */
export interface OwnProcess {
  /** Sends a message to the parent; null when this process has no channel to one. */
  readonly send: ((message: unknown, told?: () => void) => void) | null;
  /** Ends the process with the exit code that was set, unless another is given. */
  readonly exit: (code?: number) => void;
}

/** Installs the guard. Must be called once per process, before any script is loaded. */
export function guardProcess(): OwnProcess {
  const send = process.send?.bind(process) ?? null;
  const exit = process.exit.bind(process);
  const kill = process.kill.bind(process);
  Reflect.deleteProperty(process, "send");
  Reflect.deleteProperty(process, "disconnect");
  process.exit = (code) => refuse(`the end of its process with exit code ${code ?? 0}`, "exit");
  process.abort = () => refuse("the end of its process", "abort");
  process.kill = (pid, signal) => {
    if (pid !== process.pid && pid !== process.ppid && pid > 0) return kill(pid, signal);
    return signal === 0 ? true : refuse(`signal ${signal ?? "SIGTERM"} to its own process or its parent`, "kill");
  };
  keepClock();
  return { send: send === null ? null : (message, told) => void send(message, told ?? (() => undefined)), exit };
}

function refuse(got: string, name: string): never {
  throw new GamedayError({
    code: "script-ends-process",
    expected: "a script that leaves its engine alive",
    got: `${got}, by process.${name}()`,
    hint: "return from run() ends an iteration; --iterations and --duration end the load",
  });
}

/** Freezes performance.now(), because every figure comes from this clock. A script that replaces it fails at that line. */
function keepClock(): void {
  const { performance } = globalThis;
  const now = performance.now.bind(performance);
  Object.defineProperty(performance, "now", { value: now, writable: false, configurable: false });
  Object.defineProperty(globalThis, "performance", { value: performance, writable: false, configurable: false });
}

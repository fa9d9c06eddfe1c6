/**
 * What scripts must not take from the process that they share with their engine: its line to the coordinator, its life, its
 * clock. Against mistakes and habits (`process.send?.("ready")`, `process.exit()` at the end, a faked clock), not against malice.
 */
import { GamedayError } from "../../std/errors.ts";

/** What a script finds no more. */
export interface OwnProcess {
  /** Null when this process has no parent to tell. */
  readonly send: ((message: unknown, told?: () => void) => void) | null;
  /** With the exit code that was set, unless another is given. */
  readonly exit: (code?: number) => void;
}

/** Before any script is loaded, once a process. */
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

/** Every figure comes from this clock: faking it is an error at the line that does it. */
function keepClock(): void {
  const { performance } = globalThis;
  const now = performance.now.bind(performance);
  Object.defineProperty(performance, "now", { value: now, writable: false, configurable: false });
  Object.defineProperty(globalThis, "performance", { value: performance, writable: false, configurable: false });
}

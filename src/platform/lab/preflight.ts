/** What the lab asks of the machine before anything starts; one clear error each. */
import { ExitCode, GamedayError } from "../../std/errors.ts";

export function demandMachine(
  machine: { platform: string; uid: number } = { platform: process.platform, uid: process.getuid?.() ?? -1 },
): void {
  if (machine.platform !== "linux") throw notReady("Linux for the embedded lab", machine.platform, kubernetesHint());
  if (machine.uid !== 0) throw notReady("to run as root: the lab makes namespaces", `uid ${machine.uid}`, rootHint());
}

function notReady(expected: string, got: string, hint: string): GamedayError {
  return new GamedayError({ code: "lab-machine", expected, got, hint, exitCode: ExitCode.notReady });
}

function kubernetesHint(): string {
  return "on macOS and Windows use platform kind kubernetes, or a Linux virtual machine";
}

function rootHint(): string {
  return `run: sudo ${process.execPath} ${process.argv.slice(1).join(" ")}`;
}

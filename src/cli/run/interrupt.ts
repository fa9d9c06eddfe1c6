import type { World } from "../../cli.ts";
import { stopByHand } from "../../run/by-hand.ts";
import type { Run } from "../../run.ts";

/**
 * Winds the run down on an interrupt (Ctrl-C, SIGTERM, SIGHUP): faults are healed, then what was recorded is judged (unknown,
 * because the run did not reach its end). A second interrupt changes nothing and prints a message that says so: healing must
 * not be cut short.
 */
export function interruptible(world: World, run: Run): Disposable {
  let interrupted = false;
  return world.onInterrupt((signal) => {
    if (interrupted) {
      world.stderr.write("gameday: already ending; healing faults and taking down what was started\n");
      return;
    }
    interrupted = true;
    stopByHand(run, { by: signal });
  });
}

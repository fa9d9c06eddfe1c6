/** All kinds of fault, in the order of the documentation. To add one: a file in kind/, and a line here. */
import type { FaultKind } from "../fault.ts";
import { ExitCode, GamedayError, type Place } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { drainNode } from "./kind/drain-node.ts";
import { killLeader } from "./kind/kill-leader.ts";

export const FAULTS: readonly FaultKind[] = [killLeader, drainNode];

/** The kind of that name; GamedayError with the nearest one when there is none. */
export function faultNamed(name: string, place?: Place): FaultKind {
  const found = FAULTS.find((kind) => kind.name === name);
  if (found !== undefined) return found;
  throw new GamedayError({
    code: "fault-unknown",
    expected: "the name of a fault",
    got: `"${name}"`,
    hint: suggestion(
      name,
      FAULTS.map((kind) => kind.name),
    ),
    exitCode: ExitCode.usage,
    ...(place === undefined ? {} : { place }),
  });
}

/** What each control may do now, and if it may not, why not, in words. The server refuses by the same answers. Pure. */
import { CONTROL_NAMES, type ControlName } from "../../api/controls.ts";
import type { LiveExperiment } from "../../api/live.ts";
import type { Permissions } from "../../api/run.ts";
import type { CourseFold } from "./course.ts";
import type { Surroundings } from "./parts.ts";

export interface Permitting {
  readonly surroundings: Surroundings;
  readonly course: CourseFold;
  readonly experiments: readonly LiveExperiment[];
  readonly hasLoad: boolean;
  /** Whether it is a load, and no game day. */
  readonly isLoad: boolean;
}

export function permissionsNow(now: Permitting): Permissions {
  const entries = CONTROL_NAMES.map((name) => [name, permission(name, now)] as const);
  return Object.fromEntries(entries) as Permissions;
}

function permission(name: ControlName, now: Permitting): Permissions[ControlName] {
  const because = whyNot(name, now);
  return { allowed: because === null, because };
}

const READING: readonly ControlName[] = ["download", "compare", "residue"];

function whyNot(name: ControlName, now: Permitting): string | null {
  if (READING.includes(name)) return null;
  if (now.surroundings.isReadOnly) return "This server was started with --read-only.";
  switch (name) {
    case "start-plan":
    case "start-load":
      return now.surroundings.isSwitchOn ? "The kill switch is on; release it first." : null;
    case "judge":
      return now.surroundings.isOver ? null : "The run is still in progress, and its evidence is not sealed.";
    case "heal-residue":
      return now.surroundings.isOver ? null : "A run is in progress; it heals its own faults.";
    case "change-load":
      return whyNotRunning(now) ?? whyNotLoad(now);
    case "inject":
      return whyNotRunning(now) ?? whyNotInject(now);
    case "heal-one":
      return whyNotRunning(now) ?? (held(now).length > 0 ? null : "No fault is held now.");
    case "stop":
      return whyNotRunning(now, "stopping again is allowed");
    case "mark":
      return whyNotRunning(now, "marks are allowed to the end");
    default:
      return null;
  }
}

/** Returns why nothing that is sent to the run would arrive, or come too late. `evenIfStopping`: why it may come even then. */
function whyNotRunning({ surroundings, course }: Permitting, evenIfStopping?: string): string | null {
  if (surroundings.isOver) return "The run is over.";
  if (!surroundings.isControllable)
    return "The run does not listen to controls (its socket is gone, or it is an older version); type `gameday stop`.";
  if (course.stopping !== null && evenIfStopping === undefined) return `The run is stopping: ${course.stopping}.`;
  return null;
}

function whyNotLoad({ course, hasLoad }: Permitting): string | null {
  if (!hasLoad || course.load === null) return "The load has not begun.";
  return course.load === "ramp-down" || course.load === "end" ? "The load has ended." : null;
}

function whyNotInject(now: Permitting): string | null {
  if (now.isLoad) return "A load knows only a host, so there are no targets to break.";
  const noLoad = whyNotLoad(now);
  if (noLoad !== null) return noLoad;
  const [one] = held(now);
  return one === undefined ? null : `A fault is held: ${one.name}.`;
}

function held({ experiments }: Permitting): readonly LiveExperiment[] {
  return experiments.filter(({ state }) => state === "injecting" || state === "held" || state === "healing");
}

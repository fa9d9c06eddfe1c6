/** Finds in the events of a run the moments that other systems want to hear of: phases and faults, each with begin and end. */
import type { TimelineEvent } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";

export interface HookMoment {
  readonly kind: "phase" | "fault" | "verdict";
  /** The name of the phase, of the experiment, or the verdict's word. */
  readonly name: string;
  readonly edge: "begin" | "end";
  readonly fromMs: number;
  /** null while it lasts. */
  readonly toMs: number | null;
  /** What happened, in one sentence for people. */
  readonly text: string;
  readonly fault: string;
}

interface Open {
  readonly fault: string;
  readonly fromMs: number;
  readonly changes: Set<string>;
}

export class MomentFinder {
  readonly #faults = new Map<string, string>();
  readonly #open = new Map<string, Open>();
  readonly #phases = new Map<string, number>();

  /** Returns the moment that an event completes, or null. */
  event(event: TimelineEvent): HookMoment | null {
    if (event.type === "experiment") this.#faults.set(event.experiment, event.fault);
    if (event.type === "phase") return this.#phase(event);
    return event.type === "fault" ? this.#fault(event) : null;
  }

  verdict({ verdict, sentence }: Verdict, atMs: number): HookMoment {
    return { kind: "verdict", name: verdict, edge: "begin", fromMs: atMs, toMs: atMs, text: sentence, fault: "" };
  }

  #phase({ phase, edge, atMs }: Extract<TimelineEvent, { type: "phase" }>): HookMoment {
    const fromMs = this.#phases.get(phase) ?? atMs;
    this.#phases.set(phase, fromMs);
    const words = phase.replaceAll("-", " ");
    const text = edge === "begin" ? `The phase "${words}" begins.` : `The phase "${words}" has ended.`;
    return { kind: "phase", name: phase, edge, fromMs, toMs: edge === "end" ? atMs : null, text, fault: "" };
  }

  #fault({ experiment, edge, target, capability, atMs }: Extract<TimelineEvent, { type: "fault" }>): HookMoment | null {
    const change = `${target}\n${capability ?? ""}`;
    const open = this.#open.get(experiment);
    const fault = this.#faults.get(experiment) ?? "fault";
    const about = { kind: "fault", name: experiment, fault } as const;
    if (edge === "bit") {
      open?.changes.add(change);
      if (open !== undefined) return null;
      this.#open.set(experiment, { fault, fromMs: atMs, changes: new Set([change]) });
      const text = `"${experiment}": ${fault} is in force on ${target}.`;
      return { ...about, edge: "begin", fromMs: atMs, toMs: null, text };
    }
    if (open === undefined || (edge !== "healed" && edge !== "not-healed")) return null;
    open.changes.delete(change);
    if (open.changes.size > 0) return null;
    this.#open.delete(experiment);
    const text = `"${experiment}": ${fault} ${edge === "healed" ? "is gone" : "DID NOT END"} on ${target}.`;
    return { ...about, edge: "end", fromMs: open.fromMs, toMs: atMs, text };
  }
}

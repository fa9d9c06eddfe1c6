/**
 * Makes the spans of a run: the run, its phases below it, and the experiments below the phase of that name, each with the moments
 * that count as events. Ids are derived from the run's id, so that a run has the same trace however often it is sent.
 */
import { createHash } from "node:crypto";
import type { ExperimentVerdict } from "../../experiment.ts";
import type { RunContext } from "../../output.ts";
import type { Status } from "../../status.ts";
import type { Phase, TimelineEvent } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";
import { attributesOf, nanosecondsAt, resourceOf, SCOPE } from "./values.ts";

const INTERNAL = 1;
const STATUS_CODES: Readonly<Record<Status, number>> = { pass: 1, unknown: 0, fail: 2 };

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export class SpanMaker {
  readonly #context: RunContext;
  readonly #phases = new Map<Phase, { fromMs: number; toMs: number | null }>();
  readonly #ends = new Map<string, number>();

  constructor(context: RunContext) {
    this.#context = context;
  }

  event(event: TimelineEvent): void {
    if (event.type === "experiment" && event.edge !== "begin") this.#ends.set(event.experiment, event.atMs);
    if (event.type !== "phase") return;
    const known = this.#phases.get(event.phase);
    if (event.edge === "begin") this.#phases.set(event.phase, { fromMs: known?.fromMs ?? event.atMs, toMs: null });
    else this.#phases.set(event.phase, { fromMs: known?.fromMs ?? event.atMs, toMs: event.atMs });
  }

  /** Returns the request with all spans. They are sent at the end, because only the verdict says what an experiment proved. */
  message(verdict: Verdict, nowMs: number): object {
    const root = this.#id("run");
    const spans = [
      this.#span(
        "run",
        `gameday ${verdict.plan}`,
        { fromMs: 0, toMs: nowMs },
        { status: verdict.verdict, says: verdict.sentence },
      ),
      ...[...this.#phases].map(([phase, { fromMs, toMs }]) => ({
        ...this.#span(`phase ${phase}`, phase, { fromMs, toMs: toMs ?? nowMs }, { status: "unknown", says: "" }),
        parentSpanId: root,
      })),
      ...verdict.experiments.flatMap((experiment) => this.#experiment(experiment, nowMs)),
    ];
    return { resourceSpans: [{ resource: resourceOf(this.#context), scopeSpans: [{ scope: SCOPE, spans }] }] };
  }

  #experiment(experiment: ExperimentVerdict, nowMs: number): object[] {
    const { name, fault, status, because, commandedAtMs, targets } = experiment;
    if (commandedAtMs === null) return [];
    const span = { fromMs: commandedAtMs, toMs: Math.max(commandedAtMs, this.#ends.get(name) ?? nowMs) };
    const made = this.#span(`experiment ${name}`, name, span, { status, says: because });
    const about = { "gameday.fault": fault, "gameday.targets": targets.map(({ id }) => id).join(" ") };
    return [
      {
        ...made,
        parentSpanId: this.#id(this.#phases.has("experiments") ? "phase experiments" : "run"),
        attributes: [...made.attributes, ...attributesOf(about)],
        events: this.#moments(experiment),
      },
    ];
  }

  #moments({ commandedAtMs, bite, firstFailureAtMs, heal, outages }: ExperimentVerdict): object[] {
    const recoveredMs = Math.max(...outages.map(({ end }) => end?.upperMs ?? Number.NaN));
    const moments: readonly (readonly [string, number | null | undefined])[] = [
      ["commanded", commandedAtMs],
      ["bit", bite?.atMs],
      ["first failure", firstFailureAtMs],
      ["recovered", Number.isFinite(recoveredMs) ? recoveredMs : null],
      ["healed", heal?.atMs],
    ];
    return moments.flatMap(([name, atMs]) =>
      atMs === null || atMs === undefined ? [] : [{ name, timeUnixNano: nanosecondsAt(this.#context, atMs) }],
    );
  }

  #span(key: string, name: string, { fromMs, toMs }: Span, { status, says }: { status: Status; says: string }) {
    const clean = this.#context.redact ?? ((text: string) => text);
    return {
      traceId: this.#hash("trace").slice(0, 32),
      spanId: this.#id(key),
      name: clean(name),
      kind: INTERNAL,
      startTimeUnixNano: nanosecondsAt(this.#context, fromMs),
      endTimeUnixNano: nanosecondsAt(this.#context, toMs),
      attributes: attributesOf({ "gameday.status": status }),
      status: { code: STATUS_CODES[status], message: clean(says) },
    };
  }

  #id(key: string): string {
    return this.#hash(key).slice(0, 16);
  }

  #hash(key: string): string {
    return createHash("sha256").update(`${this.#context.runId}\n${key}`).digest("hex");
  }
}

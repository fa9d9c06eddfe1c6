/** Validates a plan's objectives before anything is run: `gameday check` refuses those that could never be judged. */
import type { Objective, Plan } from "../plan.ts";
import { suggestion } from "../std/suggest.ts";
import { MEASURES, measureNamed } from "./catalogue.ts";
import type { Measure, OverKey } from "./measure.ts";

export interface ObjectiveComplaint {
  /** The id of the objective; `index` is its position in the plan's list. */
  readonly id: string;
  readonly index: number;
  /** The part of the objective that is wrong: "measure", "over.window", "bound". */
  readonly at: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

export function validateObjectives(plan: Pick<Plan, "objectives" | "experiments">): ObjectiveComplaint[] {
  return plan.objectives.flatMap((objective, index) =>
    complaintsOf(objective, plan).map((complaint) => ({ id: objective.id, index, ...complaint })),
  );
}

type Complaint = Omit<ObjectiveComplaint, "id" | "index">;

function complaintsOf(objective: Objective, plan: Pick<Plan, "experiments">): Complaint[] {
  const measure = measureNamed(objective.measure);
  if (measure === undefined) {
    const hint = suggestion(
      objective.measure,
      MEASURES.map(({ name }) => name),
    );
    return [{ at: "measure", expected: "a measure that exists", got: `"${objective.measure}"`, hint }];
  }
  return [
    ...boundComplaints(objective),
    ...overComplaints(objective, measure),
    ...experimentComplaints(objective, plan),
  ];
}

function boundComplaints({ bound }: Objective): Complaint[] {
  const values = [bound.under, bound.atMost, bound.atLeast].filter((value) => value !== undefined);
  if (values.length > 0) return [];
  const hint = "an objective without a bound can be neither met nor missed";
  return [{ at: "bound", expected: "at least one of under, atMost, atLeast", got: "none", hint }];
}

function overComplaints({ over }: Objective, measure: Measure): Complaint[] {
  const known = measure.over.map(({ name }) => name);
  const unknown = Object.keys(over).filter((key) => !known.includes(key));
  const missing = measure.over.filter((key) => key.required && over[key.name] === undefined);
  return [
    ...unknown.map((key) => unknownKey(key, known, measure)),
    ...missing.map((key) => ({
      at: `over.${key.name}`,
      expected: `over.${key.name} (${key.says})`,
      got: "nothing",
      hint: `the measure ${measure.name} needs it`,
    })),
    ...measure.over.flatMap((key) => valueComplaint(key, over[key.name])),
  ];
}

function unknownKey(key: string, known: readonly string[], measure: Measure): Complaint {
  const expected =
    known.length === 0 ? `no "over" (${measure.name} covers the whole run)` : `over: ${known.join(", ")}`;
  return { at: `over.${key}`, expected, got: `"${key}"`, hint: suggestion(key, known) };
}

function valueComplaint(key: OverKey, value: string | undefined): Complaint[] {
  if (value === undefined) return [];
  const at = `over.${key.name}`;
  if (key.name === "replicas" && !/^[1-9]\d*$/.test(value)) {
    return [{ at, expected: "a whole number from 1", got: `"${value}"`, hint: key.says }];
  }
  if (key.values === undefined || key.values.includes(value)) return [];
  return [{ at, expected: `one of ${key.values.join(", ")}`, got: `"${value}"`, hint: suggestion(value, key.values) }];
}

function experimentComplaints({ over }: Objective, plan: Pick<Plan, "experiments">): Complaint[] {
  const names = plan.experiments.map(({ name }) => name);
  const { experiment, window } = over;
  if (experiment === undefined) {
    if (window !== "before" && window !== "during" && window !== "after") return [];
    return [
      {
        at: "over.experiment",
        expected: "the name of an experiment",
        got: "nothing",
        hint: `the window "${window}" needs one`,
      },
    ];
  }
  if (names.includes(experiment)) return [];
  const hint = suggestion(experiment, names);
  return [{ at: "over.experiment", expected: "the name of an experiment of this plan", got: `"${experiment}"`, hint }];
}

/**
 * Generates seeded random histories. `execute` runs clients against a perfect object that applies each operation at a random
 * moment between its call and its return, so the result is linearizable by construction (unless `stale` is set). `corrupt` then
 * changes an answer, an outcome or a time, which may or may not make the history illegal.
 */
import type { Operation, Outcome } from "../../src/history.ts";
import type { Json } from "../../src/std/json.ts";
import type { Random } from "../../src/std/random.ts";

export interface Shape {
  readonly model: string;
  readonly processes: number;
  readonly operations: number;
  /** The number of distinct values, and of distinct keys. */
  readonly values: number;
  readonly keys: number;
  /** The share of operations whose answer never arrives; half of them still take effect. */
  readonly unanswered: number;
  /** The longest call, in ticks: longer calls overlap more, and permit more orders. */
  readonly ticksMax: number;
  /** The share of answers that come from a lagging replica, from a state of up to three operations ago. 0 by default. */
  readonly stale?: number;
  /** Whether each value that is written, enqueued or added is new. By default it is one of `values`. */
  readonly distinct?: boolean;
  /** Kinds that are not generated. */
  readonly without?: readonly string[];
}

interface Draft {
  readonly process: number;
  readonly kind: string;
  readonly key: string;
  readonly input: Json;
  readonly calledAt: number;
  readonly appliedAt: number;
  readonly returnedAt: number;
  readonly fate: "ok" | "applied" | "lost";
}

/** Returns operations in order of their calls, on a clock of whole ticks, so that ties occur. */
export function execute(shape: Shape, random: Random): Operation[] {
  const drafts = draftAll(shape, random);
  const world = new Map<string, Json>();
  const answers = new Map<Draft, Json>();
  const past: Map<string, Json>[] = [];
  for (const draft of [...drafts].sort((a, b) => a.appliedAt - b.appliedAt)) {
    if (draft.fate === "lost") continue;
    const before = new Map(world);
    const honest = apply(world, draft, shape.model);
    const lies = shape.stale !== undefined && past.length > 0 && random.float() < shape.stale;
    answers.set(draft, lies ? apply(new Map(random.pick(past.slice(-3))), draft, shape.model) : honest);
    if (shape.stale !== undefined) past.push(before);
  }
  return drafts.map((draft, index) => operationOf(draft, index, answers.get(draft) ?? null));
}

function draftAll(shape: Shape, random: Random): Draft[] {
  const names = Array.from({ length: shape.processes }, (_, index) => index);
  const freeAt = names.map(() => random.int(4));
  let nextName = shape.processes;
  const drafts: Draft[] = [];
  while (drafts.length < shape.operations) {
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const calledAt = freeAt[slot] ?? 0;
    const duration = 1 + random.int(shape.ticksMax);
    // A process without an answer is replaced by a new one, as in Jepsen.
    const answered = random.float() >= shape.unanswered;
    const fate = answered ? "ok" : random.float() < 0.5 ? "applied" : "lost";
    const late = fate === "applied" ? random.int(12) : 0;
    const appliedAt = calledAt + 0.1 + random.float() * (duration - 0.2) + late;
    const what = KINDS[shape.model];
    if (what === undefined) throw new Error(`no generator for model ${shape.model}`);
    const key = String(random.int(shape.keys));
    drafts.push({
      process: names[slot] ?? 0,
      key,
      calledAt,
      appliedAt,
      returnedAt: calledAt + duration,
      fate,
      ...drawn(shape, () => what(random, shape.values, drafts.length, shape.keys), drafts.length),
    });
    if (!answered) names[slot] = nextName++;
    freeAt[slot] = calledAt + duration + random.int(4);
  }
  return drafts.sort((a, b) => a.calledAt - b.calledAt);
}

function drawn({ without = [], distinct }: Shape, draw: () => ReturnType<Kind>, sequence: number): ReturnType<Kind> {
  let { kind, input } = draw();
  while (without.includes(kind)) ({ kind, input } = draw());
  return { kind, input: distinct === true && WRITING.includes(kind) ? sequence : input };
}

const WRITING = ["write", "enqueue", "add"];

type Kind = (random: Random, values: number, sequence: number, keys: number) => { kind: string; input: Json };

const register: Kind = (random, values) =>
  random.float() < 0.5 ? { kind: "read", input: null } : { kind: "write", input: random.int(values) };

const KINDS: Readonly<Record<string, Kind>> = {
  register,
  "cas-register": (random, values, sequence, keys) =>
    random.float() < 0.35
      ? { kind: "cas", input: [random.int(values), random.int(values)] }
      : register(random, values, sequence, keys),
  counter: (random, values) =>
    random.float() < 0.5
      ? { kind: "read", input: null }
      : { kind: random.pick(["increment", "decrement"]), input: random.int(values) },
  set: (random, values) => {
    const kind = random.pick(["add", "add", "remove", "contains", "read", "read"]);
    return { kind, input: kind === "read" ? null : random.int(values) };
  },
  queue: (random, values) =>
    random.float() < 0.5 ? { kind: "dequeue", input: null } : { kind: "enqueue", input: random.int(values) },
  kv: (random, values, sequence) => {
    const kind = random.pick(["get", "get", "put", "append", "append"]);
    return { kind, input: kind === "get" ? null : kind === "put" ? `p${random.int(values)}` : `a${sequence % 7};` };
  },
  "list-append": (random, _values, sequence, keys) => {
    const one = (index: number): Json =>
      random.float() < 0.5
        ? ["r", String(random.int(keys)), null]
        : ["append", String(random.int(keys)), sequence * 10 + index];
    return { kind: "txn", input: Array.from({ length: 1 + random.int(2) }, (_, index) => one(index)) };
  },
};

/** The value of an object before the first operation; null for models that are absent here. */
const EMPTY: Readonly<Record<string, Json>> = { counter: 0, set: [] };

/** Returns the answer of a perfect object. */
function apply(world: Map<string, Json>, { kind, key, input }: Draft, model: string): Json {
  const now = world.get(key) ?? EMPTY[model] ?? null;
  const list = Array.isArray(now) ? now : [];
  switch (kind) {
    case "read":
      return now;
    case "write":
    case "put":
      world.set(key, input);
      return null;
    case "get":
      return now ?? "";
    case "append":
      world.set(key, `${now ?? ""}${String(input)}`);
      return null;
    case "cas":
      return compareAndSet(world, key, input);
    case "increment":
    case "decrement":
      world.set(key, Number(now ?? 0) + (kind === "increment" ? 1 : -1) * Number(input));
      return null;
    case "add":
      if (!list.includes(input)) world.set(key, [...list, input]);
      return null;
    case "remove":
      world.set(
        key,
        list.filter((element) => element !== input),
      );
      return null;
    case "contains":
      return list.includes(input);
    case "enqueue":
      world.set(key, [...list, input]);
      return null;
    case "dequeue":
      world.set(key, list.slice(1));
      return list[0] ?? null;
    default:
      return transact(world, input);
  }
}

function compareAndSet(world: Map<string, Json>, key: string, input: Json): Json {
  const [from, to] = Array.isArray(input) ? input : [];
  if ((world.get(key) ?? null) !== from) return false;
  world.set(key, to ?? null);
  return true;
}

function transact(world: Map<string, Json>, input: Json): Json {
  return (Array.isArray(input) ? input : []).map((each) => {
    const [what, key, value] = Array.isArray(each) ? each : [];
    const name = `list ${String(key)}`;
    const now = world.get(name);
    const list = Array.isArray(now) ? now : [];
    if (what !== "append") return ["r", key ?? null, [...list]];
    world.set(name, [...list, value ?? null]);
    return ["append", key ?? null, value ?? null];
  });
}

function operationOf(draft: Draft, index: number, answer: Json): Operation {
  const outcome: Outcome = draft.fate === "ok" ? { type: "ok", output: answer } : { type: "unknown", code: "timeout" };
  return {
    id: `o${index}`,
    process: `p${draft.process}`,
    object: "object",
    kind: draft.kind,
    key: draft.key,
    input: draft.input,
    attempt: 1,
    outcome,
    intendedAtMs: draft.calledAt,
    invokedAtMs: draft.calledAt,
    completedAtMs: draft.fate === "ok" ? draft.returnedAt : null,
  };
}

/** Changes one thing in one operation: its answer, its time, or whether it was answered at all. */
export function corrupt(operations: readonly Operation[], random: Random): Operation[] {
  const victim = random.pick(operations);
  const changed = random.pick([answered, answered, answered, shortened, refused])(victim, operations, random);
  return operations.map((operation) => (operation === victim ? changed : operation));
}

type Change = (victim: Operation, all: readonly Operation[], random: Random) => Operation;

/** Replaces the answer with that of another operation of the same kind. */
const answered: Change = (victim, all, random) => {
  const others = all.filter(({ kind, outcome }) => kind === victim.kind && outcome.type === "ok");
  if (victim.outcome.type !== "ok" || others.length === 0) return victim;
  const { outcome } = random.pick(others);
  if (outcome.type !== "ok") return victim;
  const output = victim.kind === "txn" ? otherReads(victim.outcome.output, outcome.output, random) : outcome.output;
  return { ...victim, outcome: { type: "ok", output } };
};

/** Replaces the lists that were read with those of another transaction, or removes their last element. */
function otherReads(own: Json, other: Json, random: Random): Json {
  const lists = (Array.isArray(other) ? other : []).flatMap((each) =>
    Array.isArray(each) && each[0] === "r" ? [each[2]] : [],
  );
  return (Array.isArray(own) ? own : []).map((each) => {
    const [what, key, list] = Array.isArray(each) ? each : [];
    if (what !== "r" || !Array.isArray(list)) return each;
    return ["r", key ?? null, random.pick([list.slice(0, -1), ...lists.map((found) => found ?? null)])];
  });
}

const shortened: Change = (victim) => {
  return { ...victim, completedAtMs: victim.completedAtMs === null ? null : victim.invokedAtMs + 1 };
};

const refused: Change = (victim) => ({ ...victim, outcome: { type: "refused", code: "refused" } });

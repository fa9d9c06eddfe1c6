/**
 * An independent judge of tiny histories, for tests only: it shares no code with the checker. It tries every order of the
 * answered operations together with every choice of unanswered ones, compares real time pair by pair, and executes each order on
 * plain JavaScript values. Cost: factorial, for at most OPERATIONS_MAX operations.
 */
import type { Operation } from "../../src/history.ts";
import type { Json } from "../../src/std/json.ts";

export const OPERATIONS_MAX = 8;

/**
 * Applies the operation to the object's state in `world`; returns false if the answer is impossible. `answer` is undefined for
 * unanswered operations.
 */
type Play = (world: Map<string, Json>, operation: Operation, answer: Json | undefined) => boolean;

export function isLinearizable(operations: readonly Operation[], model: string, initial: Json = null): boolean {
  const play = PLAYS[model];
  if (play === undefined) throw new Error(`the oracle knows no model ${model}`);
  const candidates = operations.filter((operation) => operation.outcome.type !== "refused");
  if (candidates.length > OPERATIONS_MAX) throw new Error("too many operations for the oracle");
  return extend([], candidates, (order) => plays(order, play, initial));
}

/** Returns whether some order that begins with `order` is good. An order is complete when no answered operation is left out. */
function extend(
  order: Operation[],
  rest: readonly Operation[],
  isGood: (order: readonly Operation[]) => boolean,
): boolean {
  if (!isGood(order)) return false;
  if (rest.every((operation) => operation.outcome.type === "unknown")) return true;
  return rest.some((next) => {
    const others = rest.filter((operation) => operation !== next);
    if (others.some((other) => precedes(other, next))) return false;
    return extend([...order, next], others, isGood);
  });
}

function precedes(a: Operation, b: Operation): boolean {
  return a.outcome.type === "ok" && a.completedAtMs !== null && a.completedAtMs < b.invokedAtMs;
}

function plays(order: readonly Operation[], play: Play, initial: Json): boolean {
  const world = new Map<string, Json>([["initial", initial]]);
  return order.every((operation) =>
    play(world, operation, operation.outcome.type === "ok" ? operation.outcome.output : undefined),
  );
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const slot = ({ key }: Operation) => `key ${key ?? ""}`;

const playRegister: Play = (world, operation, answer) => {
  const { kind, input } = operation;
  const now = world.get(slot(operation)) ?? world.get("initial") ?? null;
  if (kind === "read") return answer === undefined || same(now, answer);
  if (kind === "write") return world.set(slot(operation), input) !== undefined;
  const [from, to] = listOf(input);
  const matches = same(now, from);
  if (answer === false) return !matches;
  if (answer !== undefined && !matches) return false;
  if (matches) world.set(slot(operation), to ?? null);
  return true;
};

const playCounter: Play = (world, operation, answer) => {
  const now = Number(world.get(slot(operation)) ?? 0);
  if (operation.kind === "read") return answer === undefined || answer === now;
  const by = Number(operation.input ?? 1);
  world.set(slot(operation), operation.kind === "increment" ? now + by : now - by);
  return true;
};

const playSet: Play = (world, operation, answer) => {
  const now = listOf(world.get(slot(operation)));
  const { kind, input } = operation;
  if (kind === "read") {
    return answer === undefined || same([...now].map(String).sort(), listOf(answer).map(String).sort());
  }
  if (kind === "contains") return answer === undefined || answer === now.includes(input);
  if (kind === "add" && !now.includes(input)) world.set(slot(operation), [...now, input]);
  if (kind === "remove")
    world.set(
      slot(operation),
      now.filter((element) => element !== input),
    );
  return true;
};

const playQueue: Play = (world, operation, answer) => {
  const now = listOf(world.get(slot(operation)));
  if (operation.kind === "enqueue") return world.set(slot(operation), [...now, operation.input]) !== undefined;
  if (answer !== undefined && !same(now[0], answer)) return false;
  world.set(slot(operation), now.slice(1));
  return true;
};

const playKv: Play = (world, operation, answer) => {
  const now = String(world.get(slot(operation)) ?? "");
  const { kind, input } = operation;
  if (kind === "get") return answer === undefined || String(answer ?? "") === now;
  world.set(slot(operation), kind === "put" ? input : now + String(input));
  return true;
};

const playTransaction: Play = (world, operation, answer) =>
  listOf(operation.input).every((each, index) => {
    const [what, key, value] = listOf(each);
    const name = `list ${String(key)}`;
    const now = listOf(world.get(name));
    if (what === "append") return world.set(name, [...now, value ?? null]) !== undefined;
    return answer === undefined || same(now, listOf(listOf(listOf(answer)[index])[2]));
  });

const PLAYS: Readonly<Record<string, Play>> = {
  register: playRegister,
  "cas-register": playRegister,
  counter: playCounter,
  set: playSet,
  queue: playQueue,
  kv: playKv,
  "list-append": playTransaction,
};

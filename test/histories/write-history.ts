/** Writes operations in the notations of others, as their own tools would have, so that the importers can be tried. */
import type { Operation } from "../../src/history.ts";
import type { Json } from "../../src/std/json.ts";

interface Event {
  readonly at: number;
  readonly isReturn: boolean;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly operation: Operation;
}

/**
 * Calls and returns in order of time, returns first at equal times (an operation takes effect strictly between the two, so
 * this orders nothing wrongly); some unanswered ones say :info, some nothing.
 */
function eventsOf(operations: readonly Operation[]): Event[] {
  const events = operations.flatMap((operation, index): Event[] => {
    const call: Event = { at: operation.invokedAtMs, isReturn: false, type: "invoke", operation };
    const { outcome, completedAtMs, kind } = operation;
    if (outcome.type === "refused") {
      return [call, { at: completedAtMs ?? operation.invokedAtMs + 0.5, isReturn: true, type: "fail", operation }];
    }
    if (outcome.type === "unknown") {
      const info: Event = { at: operation.invokedAtMs + 8, isReturn: true, type: "info", operation };
      return index % 3 === 0 ? [call] : [call, info];
    }
    const type = kind === "cas" && outcome.output === false ? "fail" : "ok";
    return [call, { at: completedAtMs ?? 0, isReturn: true, type, operation }];
  });
  return events.sort((a, b) => a.at - b.at || Number(b.isReturn) - Number(a.isReturn));
}

const answerOf = ({ outcome }: Operation): Json => (outcome.type === "ok" ? outcome.output : null);

/** Log lines of Jepsen's etcd test. */
export function jepsenLog(operations: readonly Operation[]): string {
  const lines = eventsOf(operations).map(({ type, operation }) => {
    const value = type === "info" ? ":timed-out" : registerValue(operation, type === "ok");
    return ["INFO  jepsen.util - ", operation.process.slice(1), `\t:${type}\t:${operation.kind}\t${value}`].join("");
  });
  return `${lines.join("\n")}\n`;
}

/** The same as EDN maps in one vector. */
export function ednVector(operations: readonly Operation[]): string {
  const maps = eventsOf(operations).map(({ type, operation }) => {
    const value = registerValue(operation, type === "ok");
    return `{:process ${operation.process.slice(1)}, :type :${type}, :f :${operation.kind}, :value ${value}}`;
  });
  return `[${maps.join("\n ")}]\n`;
}

function registerValue({ kind, input, ...rest }: Operation, answered: boolean): string {
  if (kind === "read") return answered ? edn(answerOf({ kind, input, ...rest })) : "nil";
  return edn(input);
}

/** Lines of porcupine's kv logs; unanswered operations just have no second line. */
export function kvLog(operations: readonly Operation[]): string {
  const lines = eventsOf(operations).flatMap(({ type, operation }) => {
    if (type === "info") return [];
    const { kind, key, input } = operation;
    const value = kind === "get" ? (type === "ok" ? answerOf(operation) : null) : input;
    const name = operation.process.slice(1);
    return [`{:process ${name}, :type :${type}, :f :${kind}, :key ${edn(key ?? "")}, :value ${edn(value)}}`];
  });
  return `${lines.join("\n")}\n`;
}

function edn(value: Json): string {
  if (value === null) return "nil";
  return Array.isArray(value) ? `[${value.map(edn).join(" ")}]` : JSON.stringify(value);
}

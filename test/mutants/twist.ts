/**
 * What a malicious author of a platform, or a careless author of its audit, could do to the evidence: changes of the lines of a
 * simulated run that no behaviour of the fake produces. Only the judge sees them.
 */
import type { Evidence } from "../../src/evidence.ts";
import type { Operation } from "../../src/history.ts";
import type { LedgerItem, LedgerLine } from "../../src/ledger.ts";
import { Histogram } from "../../src/std/histogram.ts";
import type { Json } from "../../src/std/json.ts";

export type Twist = (evidence: Evidence) => Evidence;

const LATER_MS = 5_000;
/** Twists affect every n-th line or operation. */
const SOME = 40;

export function all(...twists: readonly Twist[]): Twist {
  return (evidence) => twists.reduce((twisted, twist) => twist(twisted), evidence);
}

/** Changes the ledger. The end lines then count the items that remain, as those of an audit that trusts itself would. */
function ledger(change: (lines: readonly LedgerLine[]) => LedgerLine[]): Twist {
  return (evidence) => {
    const lines = recounted(change([...evidence.ledger()]));
    return { ...evidence, ledger: () => lines };
  };
}

function recounted(lines: readonly LedgerLine[]): LedgerLine[] {
  const items = (end: LedgerLine) =>
    lines.filter((line) => line.line === "item" && line.read === end.read && line.object === end.object);
  const copies = (end: LedgerLine) =>
    items(end).reduce((sum, line) => sum + (line.line === "item" ? line.count : 0), 0);
  return lines.map((line) =>
    line.line === "end" ? { ...line, items: items(line).length, copies: copies(line) } : line,
  );
}

/** Replaces each item of an object with the result of `change`: none, one or several. `at` counts the items of its read. */
function items(object: string, change: (item: LedgerItem, at: number) => readonly LedgerItem[]): Twist {
  return ledger((lines) => {
    const counts = new Map<number, number>();
    return lines.flatMap((line): readonly LedgerLine[] => {
      if (line.line === "end" || line.object !== object) return [line];
      const at = counts.get(line.read) ?? 0;
      counts.set(line.read, at + 1);
      return change(line, at);
    });
  });
}

function operations(change: (operation: Operation, at: number) => Operation): Twist {
  return (evidence) => {
    const changed = [...evidence.operations()].map(change);
    return { ...evidence, operations: () => changed };
  };
}

export const twiceInRead = (read: number): Twist =>
  items("orders", (item, at) => (item.read === read && at % SOME === 0 ? [item, item] : [item]));

/** Removes rows from these reads, while all others keep them. */
export const absentFromReads = (...reads: readonly number[]): Twist =>
  items("orders", (item, at) => (reads.includes(item.read) && at % SOME === 0 ? [] : [item]));

/** Adds one more read of everything, equal to the last one, a while later. */
export const thirdRead: Twist = ledger((lines) => {
  const last = lines.filter(({ read }) => read === 2);
  const later = last.map((line): LedgerLine => {
    if (line.line === "item") return { ...line, read: 3 };
    return {
      ...line,
      read: 3,
      startedAtMs: line.startedAtMs + LATER_MS,
      completedAtMs: line.completedAtMs + LATER_MS,
    };
  });
  return [...lines, ...later];
});

/** Drops everything after the first page, while the audit reports that this was all. */
export const firstPageOnly: Twist = items("orders", (item, at) => (at < 100 ? [item] : []));

export const noCopies: Twist = items("orders", (item, at) => [at % SOME === 0 ? { ...item, count: 0 } : item]);

export const otherIds = (change: (id: string) => string): Twist =>
  items("orders", (item) => [{ ...item, id: change(item.id) }]);

/** Replaces the second read with the first one's answer, as if from a cache. */
export const sameRead: Twist = ledger((lines) => {
  const first = lines.filter((line) => line.line === "item" && line.read === 1);
  const ends = lines.filter((line) => line.line === "end");
  const begun = (object: string) => ends.find((end) => end.read === 1 && end.object === object);
  const again = first.map((line) => ({ ...line, read: 2 }));
  const doubled = ends.map((end) => {
    const { startedAtMs, completedAtMs } = begun(end.object) ?? end;
    return { ...end, startedAtMs, completedAtMs };
  });
  return [...first, ...again, ...doubled];
});

/** Gives each order a customer, as sent. In every `wrongEvery`-th row of the ledger the customer is another one; 0 means none. */
export const customers = (wrongEvery: number): Twist =>
  all(
    operations((operation) =>
      operation.object === "orders" ? { ...operation, input: { customer: customerOf(operation.id) } } : operation,
    ),
    items("orders", (item, at) => {
      const wrong = wrongEvery > 0 && at % wrongEvery === 0 ? 1 : 0;
      return [{ ...item, value: { customer: customerOf(item.id) + wrong, state: "paid" } }];
    }),
  );

function customerOf(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_007, 7);
}

const REFUSED = { type: "refused", code: "http-409" } as const;

/** Marks some of the users' orders as refused, although the ledger has them. */
export const refusedAndStored: Twist = operations((operation, at) =>
  operation.object === "orders" && operation.kind === "add" && operation.probe === undefined && at % SOME === 0
    ? { ...operation, outcome: REFUSED }
    : operation,
);

/** Retries every order a second later, and the answer is that it already exists. */
export const unansweredThenRefused: Twist = (evidence) => {
  const again = [...evidence.operations()].flatMap((operation): Operation[] => {
    const { object, kind, outcome, probe, attempt, invokedAtMs } = operation;
    if (object !== "orders" || kind !== "add" || probe !== undefined || outcome.type === "refused") return [];
    const atMs = invokedAtMs + 1_000;
    const times = { intendedAtMs: atMs, invokedAtMs: atMs, completedAtMs: atMs + 10 };
    return [{ ...operation, attempt: attempt + 1, outcome: REFUSED, ...times }];
  });
  const known = [...evidence.operations(), ...again];
  return { ...evidence, operations: () => known };
};

/** From the first failed order on, users are served only every other second, for `forMs`. */
export const flapping = (forMs: number): Twist => {
  return (evidence) => {
    const failed = [...evidence.operations()].find(
      ({ probe, outcome }) => probe?.class === "order-write" && outcome.type !== "ok",
    );
    const fromMs = failed?.invokedAtMs ?? 0;
    return operations((operation) => {
      const sinceMs = operation.invokedAtMs - fromMs;
      const down = sinceMs >= 0 && sinceMs < forMs && Math.floor(sinceMs / 1_000) % 2 === 0;
      return operation.probe?.class === "order-write" && down
        ? { ...operation, outcome: { type: "unknown", code: "503" } }
        : operation;
    })(evidence);
  };
};

/** Removes everything that was not sent by probes. */
export const noUsers: Twist = all(
  (evidence) => {
    const probes = [...evidence.operations()].filter(({ probe }) => probe !== undefined);
    return { ...evidence, operations: () => probes, intervals: () => [] };
  },
  ledger((lines) => lines.filter((line) => line.line === "end" || line.id.includes("/probe/"))),
);

interface Numbers {
  readonly object: string;
  /** Operations in the order of time; each outcome is ok. */
  readonly done: readonly Pick<Operation, "kind" | "key" | "input">[];
  readonly output?: (at: number) => Json;
  /** The rows that each read finds. */
  readonly rows: readonly { readonly id: string; readonly value: Json }[];
}

/** Adds one more object of numbers to the others: its operations throughout the load, and its rows in both reads. */
export function numbers({ object, done, output = () => null, rows }: Numbers): Twist {
  return all(
    (evidence) => {
      const added = done.map(({ kind, key, input }, at): Operation => {
        const invokedAtMs = 3_000 + at * 80;
        return {
          id: `${evidence.run.runId}/w0/${object}/${at}`,
          process: `w0/${object}`,
          object,
          kind,
          ...(key === undefined ? {} : { key }),
          input,
          attempt: 1,
          outcome: { type: "ok", output: output(at) },
          intendedAtMs: invokedAtMs,
          invokedAtMs,
          completedAtMs: invokedAtMs + 20,
        };
      });
      const known = [...evidence.operations(), ...added];
      return { ...evidence, operations: () => known };
    },
    ledger((lines) => {
      const others = lines.filter((line) => line.object !== object);
      const ends = others.filter((line) => line.line === "end" && line.object === "orders");
      return [...others, ...ends.flatMap((end) => rowsOf(object, rows, end))];
    }),
  );
}

function rowsOf(object: string, rows: Numbers["rows"], end: LedgerLine): LedgerLine[] {
  const { read } = end;
  return [...rows.map((row): LedgerLine => ({ line: "item", read, object, count: 1, ...row })), { ...end, object }];
}

/** Adds one more request per second, under a name of its own, for fifteen seconds: each fails, except for the one at `served`. */
export function rareCalls(name: string, served: number | null): Twist {
  return (evidence) => {
    const intervals = [...evidence.intervals()].map((interval, at) => {
      if (at < 2 || at >= 17) return interval;
      const histogram = new Histogram();
      histogram.record(20);
      const tags = at - 2 === served ? `name:${name}` : `error:503,expected_response:false,name:${name}`;
      const delta = { metric: `http_req_duration{${tags}}`, failed: 0, ...histogram.snapshot() };
      return { ...interval, metrics: [...interval.metrics, delta] };
    });
    return { ...evidence, intervals: () => intervals };
  };
}

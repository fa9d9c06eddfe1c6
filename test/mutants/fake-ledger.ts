/** Ledgers that list late, paginate badly or expire entries: each broken platform next to a healthy one that looks like it. */
import { CLAIMS } from "../simulator/simulated-plan.ts";
import * as ask from "./objectives.ts";
import { type Expectation, type FakeRow, line } from "./row.ts";

interface Given extends Partial<Pick<FakeRow, "lies" | "changes" | "claims" | "options">> {
  readonly says: string;
  readonly expected?: Expectation;
}

function row(kind: FakeRow["kind"], name: string, { lies = [], expected, ...rest }: Given): FakeRow {
  const drills = ["kill-postgres-leader"] as const;
  const objectives = ask.usual(...drills);
  return { name, kind, platform: "fake", lies, drills, objectives, expected: expected ?? null, ...rest };
}

const mutant = (name: string, given: Given) => row("mutant", name, given);
const healthy = (name: string, given: Given) => row("healthy", name, given);

const ORDERS = "findings/acked-set/orders";
const TWICE = "findings/duplicates/orders";
const NOTHING = ["objectives/nothing lost", "objectives/nothing twice"];
/** A store that loses orders also loses their numbers. */
const LOSS = ["objectives/nothing lost", "findings/counter-bounds/sold", "findings/linearizable/prices"];
const STALE = ["findings/staleness/prices", "findings/read-your-writes/profiles", "findings/monotonic-reads/profiles"];

const paged = (order: "stable" | "shifting" | "ties" | "inclusive", rows = false) =>
  ({ ledger: { pages: { size: 100, order, rows } } }) as const;

const PAGES: readonly FakeRow[] = [
  healthy("pages-that-shift", {
    says: "pages by OFFSET in an order with ties, drawn anew for each query: no read is whole",
    changes: [paged("shifting")],
    expected: line("validity/ledger-read", "unknown", "shifted or overlap", [
      ORDERS,
      TWICE,
      "findings/acked-set/sessions",
      "findings/counter-bounds/sold",
      ...NOTHING,
    ]),
  }),
  healthy("pages-with-ties", {
    says: "pages whose order depends on where each is cut off: every read alike shows some twice and others never",
    changes: [paged("ties")],
    expected: line(TWICE, "unknown", "on two pages of the ledger while others are on none", [
      ORDERS,
      "findings/acked-set/sessions",
      ...NOTHING,
    ]),
  }),
  healthy("pages-that-each-begin-with-the-last-row", {
    says: "an inclusive cursor: each page begins with what ended the one before",
    changes: [paged("inclusive")],
    expected: line("validity/ledger-read", "unknown", "so its pages overlap", [
      ORDERS,
      TWICE,
      "findings/acked-set/sessions",
      ...NOTHING,
    ]),
  }),
  healthy("pages-in-order", { says: "many pages in a unique order", changes: [paged("stable")] }),
  mutant("doubled-across-pages", {
    says: "a retry's second row, listed pages away from the first",
    lies: ["duplicate-on-retry"],
    changes: [paged("stable")],
    expected: line(TWICE, "fail", "one logical write, 2 rows", ["objectives/nothing twice", "objectives/quick"]),
  }),
  mutant("doubled-across-pages-with-rows", {
    says: "the same where each item bears its row's own identity",
    lies: ["duplicate-on-retry"],
    changes: [paged("stable", true)],
    expected: line(TWICE, "fail", "one logical write, 2 rows", ["objectives/nothing twice", "objectives/quick"]),
  }),
  mutant("lost-between-pages-in-order", {
    says: "acknowledged writes that no page shows, and none shows others twice",
    lies: ["drops-acknowledged-write"],
    changes: [paged("stable")],
    expected: line(ORDERS, "fail", "absent from read 1 and 2", [...LOSS, ...STALE]),
  }),
];

const LATE: readonly FakeRow[] = [
  healthy("rows-come-late", {
    says: "rows are listed up to 14 s after they were acknowledged: read on until they are there",
    changes: [{ ledger: { listedAfterMs: [2_000, 14_000] } }],
  }),
  healthy("rows-come-later-than-anybody-waits", {
    says: "rows that are still coming when the last read is made: unknown, never lost",
    changes: [{ ledger: { listedAfterMs: [2_000, 900_000] } }],
    expected: line(ORDERS, "unknown", "still changed between its last reads", [
      "findings/acked-set/sessions",
      "findings/counter-bounds/sold",
      ...NOTHING,
    ]),
  }),
  mutant("rows-never-come", {
    says: "the same platform, which forgets some of what it acknowledged: the others come, these never do",
    lies: ["drops-acknowledged-write"],
    changes: [{ ledger: { listedAfterMs: [2_000, 14_000] } }],
    expected: line(ORDERS, "fail", "acknowledged, but absent from read", [...LOSS, ...STALE]),
  }),
];

const expiring = (expiresMs: number) =>
  CLAIMS.map((claim) => (claim.object === "sessions" ? { ...claim, expiresMs } : claim));
/** Long enough that the oldest sessions have expired when the ledger is read, while those of the fault have not. */
const LONG = { warmUpMs: 40_000 };
const SESSIONS = "findings/acked-set/sessions";

const EXPIRY: readonly FakeRow[] = [
  healthy("sessions-expire", {
    says: "sessions that live 50 s, as the plan declares: what is older is no loss",
    changes: [{ ledger: { sessionsExpireMs: 50_000 } }],
    claims: expiring(50_000),
    options: LONG,
  }),
  mutant("sessions-expire-early", {
    says: "sessions that are to live 50 s, and are gone after 35",
    changes: [{ ledger: { sessionsExpireMs: 35_000 } }],
    claims: expiring(50_000),
    options: LONG,
    expected: line(SESSIONS, "fail", "acknowledged, but absent from read 1 and 2", ["objectives/nothing lost"]),
  }),
  mutant("sessions-expire-unsaid", {
    says: "sessions that vanish although nobody said that they may",
    changes: [{ ledger: { sessionsExpireMs: 50_000 } }],
    options: LONG,
    expected: line(SESSIONS, "fail", "acknowledged, but absent from read 1 and 2", ["objectives/nothing lost"]),
  }),
];

export const FAKE_LEDGER: readonly FakeRow[] = [...PAGES, ...LATE, ...EXPIRY];

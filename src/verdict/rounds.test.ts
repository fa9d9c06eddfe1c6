/** Faults of several rounds have one begin, one bite per round, and one end. Each round is proven and timed by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineEvent } from "../timeline.ts";
import type { Verdict } from "../verdict.ts";
import { judge } from "./judge.ts";
import { cleanRun, cleanTimeline, evidenceOf, KILL, objective, probeSamples, toldChecker } from "./run.fixture.ts";

type Edge = Extract<TimelineEvent, { type: "fault" }>["edge"];

interface RoundTimes {
  readonly commandedMs: number;
  readonly healedMs: number;
  readonly target: string;
  /** The edges to leave out. */
  readonly without?: readonly Edge[];
}

const ROUNDS: readonly RoundTimes[] = [
  { commandedMs: 20_000, healedMs: 26_000, target: "postgres/n1" },
  { commandedMs: 30_000, healedMs: 36_000, target: "postgres/n2" },
  { commandedMs: 40_000, healedMs: 46_000, target: "postgres/n1" },
];
/** The outages of users: about a second and a half after each kill. */
const OUTAGES: [number, number][] = [
  [20_050, 21_500],
  [30_050, 31_500],
  [40_050, 41_500],
];

function played(rounds: readonly RoundTimes[], outages = OUTAGES): Verdict {
  const run = cleanRun([objective("recovery-seconds", { under: 3 }, { experiment: KILL.name })]);
  run.plan = { ...run.plan, experiments: [{ ...KILL, fault: "repeated-kills" }] };
  const kept = cleanTimeline().filter((event) => event.type !== "fault" && event.type !== "experiment");
  run.timeline = [...kept, ...rounds.flatMap(eventsOf), ended(rounds)].sort((a, b) => a.atMs - b.atMs);
  run.operations = [...probeSamples("order-write", "kept", outages), ...probeSamples("order-write", "fresh", outages)];
  return judge(evidenceOf(run), [toldChecker()]);
}

function eventsOf({ commandedMs, healedMs, target, without = [] }: RoundTimes): TimelineEvent[] {
  const targets = [{ id: target, role: "postgres", node: target.slice(-2) }];
  const at = (atMs: number, edge: Edge): TimelineEvent[] => {
    const witness = edge === "bit" || edge === "healed" ? { witness: { atMs, says: edge, source: "inside" } } : {};
    const event = { atMs, type: "fault", experiment: KILL.name, edge, target, capability: "stop", ...witness } as const;
    return without.includes(edge) ? [] : [event];
  };
  return [
    {
      atMs: commandedMs - 1,
      type: "experiment",
      experiment: KILL.name,
      fault: "repeated-kills",
      edge: "begin",
      targets,
    },
    ...at(commandedMs, "commanded"),
    ...at(commandedMs + 40, "bit"),
    ...at(healedMs - 100, "heal-commanded"),
    ...at(healedMs, "healed"),
  ];
}

function ended(rounds: readonly RoundTimes[]): TimelineEvent {
  const atMs = (rounds.at(-1)?.healedMs ?? 0) + 10;
  return { atMs, type: "experiment", experiment: KILL.name, fault: "repeated-kills", edge: "end", targets: [] };
}

const findingOf = (verdict: Verdict, checker: string) =>
  [...verdict.validity, ...verdict.findings].find((finding) => finding.checker === checker);

test("rounds with one begin and one end each are one experiment, which passes, with all its targets", () => {
  const verdict = played(ROUNDS);
  assert.equal(verdict.verdict, "pass", verdict.sentence);
  assert.deepEqual(
    verdict.experiments.map(({ name, targets }) => [name, targets.map(({ id }) => id)]),
    [[KILL.name, ["postgres/n1", "postgres/n2"]]],
  );
});

test("users recover from each kill, and the slowest recovery counts, never the time from the first kill to the last", () => {
  const slow: [number, number][] = [...OUTAGES.slice(0, 2), [40_050, 42_400]];
  const [experiment] = played(ROUNDS, slow).experiments;
  assert.equal(experiment?.recovery["order-write"]?.upperMs, 42_455 - 40_040);
  assert.equal(experiment?.healedBy, "platform");
  assert.equal(experiment?.outages.length, 6);
});

test("a round from which users recovered only after our heal does not count as the platform's recovery", () => {
  const healedByUs: [number, number][] = [[20_050, 26_500], ...OUTAGES.slice(1)];
  const verdict = played(ROUNDS, healedByUs);
  assert.equal(verdict.experiments[0]?.healedBy, "gameday");
  assert.notEqual(verdict.verdict, "pass");
});

test("one bite proves one kill: the same target killed again without a bite is unknown", () => {
  const [first, second, third] = ROUNDS as [RoundTimes, RoundTimes, RoundTimes];
  const verdict = played([first, second, { ...third, without: ["bit"] }]);
  assert.equal(findingOf(verdict, "faults-bit")?.status, "unknown");
  assert.match(findingOf(verdict, "faults-bit")?.because ?? "", /postgres\/n1 \(stop\) in round 3/);
  const unhealed = played([{ ...first, without: ["healed"] }, second, third]);
  assert.match(findingOf(unhealed, "faults-ended")?.because ?? "", /postgres\/n1 \(stop\) in round 1/);
});

test("two changes of one target are two bites", () => {
  const run = cleanRun([]);
  run.timeline.push({
    atMs: 20_001,
    type: "fault",
    experiment: KILL.name,
    edge: "commanded",
    target: "postgres/n1",
    capability: "cut",
  });
  run.timeline.sort((a, b) => a.atMs - b.atMs);
  const verdict = judge(evidenceOf(run), [toldChecker()]);
  assert.match(findingOf(verdict, "faults-bit")?.because ?? "", /not seen from inside postgres\/n1 \(cut\)/);
});

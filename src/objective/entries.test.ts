import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExperimentVerdict } from "../experiment.ts";
import type { Story } from "../timeline/story.ts";
import { entriesDuring } from "./entries.ts";

const [ONE, TWO, INSIDE] = ["http://127.0.0.1:30080", "http://127.0.0.2:30080", "http://shop"];
/** An outage from 10 s to 16 s, give or take 0.1 s. */
const RANGE = { lower: 5.9, upper: 6.1 };
const EXPERIMENT = { bite: { atMs: 10_000 } } as unknown as ExperimentVerdict;

type Said = readonly [place: "outside" | "inside", entry: string, seconds: number, answers: boolean | null];

function of(events: readonly Said[], range = RANGE) {
  const entries = events.map(([place, entry, seconds, answers]) => ({
    atMs: seconds * 1_000,
    type: "entry" as const,
    place,
    entry,
    answers,
  }));
  return entriesDuring({ entries, span: { fromMs: 0, toMs: 60_000 } } as unknown as Story, EXPERIMENT, range);
}

const WELL: readonly Said[] = [ONE, TWO].map((entry) => ["outside", entry, 1, true]);
const away = (entry: string, place: "outside" | "inside" = "outside"): Said[] => [
  [place, entry, 10.5, false],
  [place, entry, 15.8, true],
];

test("an entry that was lost by itself is no outage of the app, and no figure of it decides", () => {
  const { doubt, says } = of([...WELL, ...away(ONE)]);
  assert.match(
    says,
    /only the entry http:\/\/127.0.0.1:30080 was lost, and http:\/\/127.0.0.2:30080 answered all the time/,
  );
  assert.match(doubt.doubt ?? "", /the loss of an entry, not of the app/);
});

test("if every entry failed, the view from inside names the way in from the app", () => {
  const both = [...WELL, ...away(ONE), ...away(TWO)];
  const inside: Said = ["inside", INSIDE, 1, true];
  assert.deepEqual(of([...both, inside]), {
    says: "; the app answered inside the cluster all the time: the way in was lost, not the app",
    doubt: {},
  });
  assert.equal(
    of([...both, inside, ...away(INSIDE, "inside")]).says,
    "; the app did not answer inside the cluster either",
  );
  assert.equal(
    of([...both, inside, ["inside", INSIDE, 12, null]]).says,
    "",
    "an entry that could not be queried decides nothing",
  );
});

test("entries that answered, an outage too short for them, and a second entry that was not queried all the time decide nothing", () => {
  const nothing = { says: "", doubt: {} };
  assert.deepEqual(of(WELL), nothing, "the entries answered: the outage is the app's");
  assert.deepEqual(of([...WELL, ...away(ONE)], { lower: 1.9, upper: 2.1 }), nothing);
  assert.deepEqual(of([...WELL, ...away(ONE), ["outside", TWO, 12, null]]), nothing);
  assert.deepEqual(of([["outside", TWO, 12, true], ...away(ONE)]), nothing, "not asked before the bite");
  assert.deepEqual(of([]), nothing);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "../verdict.ts";
import { type JudgedRun, Judges } from "./judging.ts";
import { ProblemError } from "./problems.ts";

const JUDGED: JudgedRun = { verdict: {} as Verdict, cpuMs: 1 };

test("two runs are judged at a time, the same one only once, and beyond a bound a request is refused", async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const judges = new Judges(({ folder }) => {
    begun.push(folder);
    return new Promise((resolve) => ends.push(() => resolve(JUDGED)));
  });
  const judge = (folder: string) => judges.judge({ folder, stage: "finished" });
  const all = ["a", "b", "a", ...Array.from({ length: 32 }, (_, n) => `later ${n}`)].map(judge);
  assert.deepEqual(begun, ["a", "b"]);
  assert.equal(all[0], all[2]);
  assert.throws(
    () => judge("one too many"),
    (thrown) => thrown instanceof ProblemError && thrown.refusal.status === 503,
  );
  for (let n = 0; n < 34; n++) {
    ends[n]?.();
    await all[n < 2 ? n : n + 1];
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(begun.length, 34);
  judge("a").catch(() => undefined);
  assert.equal(begun.length, 35, "a run that was judged before is judged again");
});

test("one that cannot be judged gives its place to the next", async () => {
  const judges = new Judges(({ folder }) =>
    folder === "bad" ? Promise.reject(new Error("bad")) : Promise.resolve(JUDGED),
  );
  const judge = (folder: string, stage: "finished" | "going on" = "finished") => judges.judge({ folder, stage });
  const bad = [judge("bad"), judge("bad", "going on")];
  const good = judge("good");
  for (const one of bad) await assert.rejects(one, /bad/);
  assert.equal(await good, JUDGED);
});

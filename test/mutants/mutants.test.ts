import assert from "node:assert/strict";
import { test } from "node:test";
import { ROWS } from "./catalogue.ts";
import { play } from "./play.ts";
import { isRight } from "./referee.ts";

test("rows have distinct names, and there are enough of each kind on each platform", () => {
  assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
  const count = (kind: string, platform: string) =>
    ROWS.filter((row) => row.kind === kind && row.platform === platform).length;
  assert.ok(count("mutant", "fake") >= 30, `${count("mutant", "fake")}`);
  assert.ok(count("healthy", "fake") >= 15, `${count("healthy", "fake")}`);
  const failing = ROWS.filter(
    ({ kind, platform, expected }) => kind === "mutant" && platform === "lab" && expected?.status === "fail",
  );
  assert.ok(failing.length >= 15, `${failing.length}`);
});

for (const row of ROWS.filter(({ platform }) => platform === "fake")) {
  test(`${row.kind}: ${row.name}`, async ({ signal }) => {
    const result = await play(row, "1", signal);
    assert.ok(isRight(result), `${result.finding} (expected ${result.expected})`);
  });
}

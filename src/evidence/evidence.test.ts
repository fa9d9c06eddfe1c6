import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { RunRecord } from "../evidence.ts";
import type { Operation } from "../history.ts";
import { GamedayError } from "../std/errors.ts";
import { openEvidence } from "./reader.ts";
import { seal } from "./seal.ts";
import { EvidenceWriter, pointLatest } from "./writer.ts";

const run: RunRecord = {
  version: 1,
  runId: "small-1",
  plan: { name: "small", password: "hunter22" } as unknown as RunRecord["plan"],
  seed: "7",
  command: "gameday run small.yaml --seed 7",
  startedAt: "2026-01-01T00:00:00.000Z",
  tool: { name: "gameday", version: "0" },
  environment: {},
};

function operation(id: string): Operation {
  const times = { intendedAtMs: 1, invokedAtMs: 1, completedAtMs: 2 };
  return {
    id,
    process: "w0/u0",
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome: { type: "ok", output: null },
    ...times,
  };
}

function folder(context: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), "evidence-"));
  context.after(() => rmSync(parent, { recursive: true }));
  return join(parent, "run");
}

function write(path: string, operations: number): EvidenceWriter {
  const redact = (text: string) => text.replaceAll("hunter22", "[secret]");
  const writer = new EvidenceWriter({ folder: path, run, planText: "name: small\n", redact, owner: null });
  writer.event({ atMs: 0, type: "note", source: "test", says: "the password is hunter22" });
  for (let n = 0; n < operations; n++) writer.operation(operation(`small-1/w0/u0/${n}`));
  writer.conclude(1);
  writer.close();
  return writer;
}

test("evidence that was written and sealed is read back without a flaw, and no file holds secrets", (context) => {
  const path = folder(context);
  write(path, 5000);
  seal(path);
  const evidence = openEvidence(path);
  assert.deepEqual(evidence.flaws, []);
  assert.equal([...evidence.operations()].length, 5000);
  assert.equal([...evidence.operations()].length, 5000, "each call starts again");
  assert.equal(evidence.timeline.length, 2);
  for (const name of ["run.json", "timeline.ndjson"])
    assert.doesNotMatch(readFileSync(join(path, name), "utf8"), /hunter22/);
});

test("a folder that is not sealed reports it", (context) => {
  const path = folder(context);
  write(path, 1);
  assert.match(openEvidence(path).flaws.join(), /not sealed/);
});

test("a changed, an added and an absent file are flaws, each with its name", (context) => {
  const path = folder(context);
  write(path, 3);
  seal(path);
  appendFileSync(join(path, "ledger.ndjson"), "\n");
  assert.match(openEvidence(path).flaws.join(), /ledger\.ndjson was changed/);
  rmSync(join(path, "history.ndjson"));
  assert.match(openEvidence(path).flaws.join(), /history absent/);
});

test("a folder is sealed only once", (context) => {
  const path = folder(context);
  write(path, 1);
  seal(path);
  assert.throws(() => seal(path), GamedayError);
});

test("a line that is not JSON is an error at its place, with the exit code of unknown", (context) => {
  const path = folder(context);
  write(path, 2);
  appendFileSync(join(path, "history.ndjson"), '{"id":\n');
  assert.throws(
    () => [...openEvidence(path).operations()],
    (error: unknown) => error instanceof GamedayError && error.exitCode === 2 && error.place?.line === 3,
  );
});

test("a folder without a readable run.json is not a run folder", (context) => {
  const path = folder(context);
  write(path, 1);
  writeFileSync(join(path, "run.json"), "{}");
  assert.throws(() => openEvidence(path), /expected a run folder/);
  assert.throws(() => openEvidence(join(path, "nowhere")), /expected a run folder/);
});

test("a run folder is never written to twice", (context) => {
  const path = folder(context);
  write(path, 1);
  assert.throws(() => write(path, 1), /expected to make the run folder/);
});

test("the operations of clients are on disk before an event or a row of the ledger is, whenever the process is killed", (context) => {
  const path = folder(context);
  const writer = new EvidenceWriter({ folder: path, run, planText: "", redact: null, owner: null });
  const kept = () => readFileSync(join(path, "history.ndjson"), "utf8").split("\n").length - 1;
  writer.operation(operation("a"));
  writer.event({ atMs: 0, type: "note", source: "test", says: "a fault is about to be injected" });
  assert.equal(kept(), 1);
  writer.operation(operation("b"));
  writer.ledger({ line: "item", read: 1, object: "orders", id: "b", count: 1 });
  assert.equal(kept(), 2);
  writer.close();
});

test("a full disk is one failure, reported once, and nothing is written after it", (context) => {
  const path = folder(context);
  const writer = new EvidenceWriter({
    folder: path,
    run,
    planText: "",
    owner: null,
    redact: (text) => {
      if (text.includes("boom")) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      return text;
    },
  });
  const told: string[] = [];
  writer.onFailure((failure) => told.push(failure.code));
  for (const says of ["fine", "boom", "after"]) writer.event({ atMs: 0, type: "note", source: "test", says });
  writer.close();
  assert.deepEqual(told, ["evidence-not-written"]);
  assert.doesNotMatch(readFileSync(join(path, "timeline.ndjson"), "utf8"), /after/);
});

test("a secret made of digits is removed from texts, never from numbers, so that every line stays JSON", (context) => {
  const path = folder(context);
  const redact = (text: string) => text.replaceAll("5432", "[secret PORT]");
  const writer = new EvidenceWriter({ folder: path, run, planText: "", redact, owner: null });
  writer.event({ atMs: 15432.5, type: "note", source: "test", says: "port 5432", detail: { "5432": "5432" } });
  writer.close();
  seal(path);
  const [event] = openEvidence(path).timeline;
  assert.deepEqual(event, {
    atMs: 15432.5,
    type: "note",
    source: "test",
    says: "port [secret PORT]",
    detail: { "[secret PORT]": "[secret PORT]" },
  });
});

test("another file with the name latest does not keep a run from beginning", (context) => {
  const path = folder(context);
  write(path, 1);
  mkdirSync(join(path, "..", "latest", "full"), { recursive: true });
  assert.equal(pointLatest(path, null), false);
  assert.deepEqual(
    readdirSync(join(path, "..")).filter((name) => name.startsWith(".latest")),
    [],
  );
});

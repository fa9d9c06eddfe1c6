/**
 * Judges the committed track record again: every existing table is well formed, and supports the claims of its proof. Whether each kind of
 * fault has its rows is asked by proofs/every-kind.test.ts, because only a lab can add them.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import type { Row, TrackRecord } from "../scripts/track-record.ts";
import { LAB_ROWS } from "./mutants/lab-rows.ts";
import { type Comparison, isFailover, isOfToday } from "./proofs/accuracy.ts";
import type { ClusterDay } from "./proofs/cluster-day.ts";
import { CLUSTER_FAULTS } from "./proofs/cluster-faults.ts";
import { UNDONE_WITHIN_MS } from "./proofs/cluster-kill.ts";
import { LAB_FAULTS } from "./proofs/kill.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, "docs/track-record");

type Rows = readonly (Row & Readonly<Record<string, unknown>>)[];

/** What each table's rows must show, complete or not: a table may still be growing to its full length. */
const CLAIMS: Readonly<Record<string, (rows: Rows) => void>> = {
  demo(rows) {
    const [passed, failed] = ["pass", "fail"].map((verdict) => rows.filter((row) => row["verdict"] === verdict).length);
    assert.equal(failed, 0, "no demo fails");
    assert.ok((passed ?? 0) >= 0.9 * rows.length, `${passed} of ${rows.length} pass`);
    for (const row of rows) if (row["verdict"] !== "pass") assert.ok(row["cause"], `seed ${row.seed} says why`);
  },
  page(rows) {
    for (const row of rows) {
      assert.equal(row["passed"], row["steps"], `the run of ${row.date}`);
      assert.equal(row["verdict"], "unknown", "a run that was stopped by hand");
    }
  },
  sigkill(rows) {
    for (const row of rows) assert.deepEqual(row["leaks"], [], `seed ${row.seed}`);
  },
  soak(rows) {
    for (const row of rows) {
      assert.equal(row["wrong"], 0);
      assert.ok(Number(row["growthPercent"]) < 5, `${row["growthPercent"]} % on ${row.date}`);
    }
  },
  seeds(rows) {
    const sum = (kind: string, of: (row: Rows[number]) => number) =>
      rows.filter((row) => row["kind"] === kind).reduce((total, row) => total + of(row), 0);
    const verdicts = (name: string) =>
      sum("honest", (row) => Number((row["verdicts"] as Record<string, number>)[name]));
    assert.equal(verdicts("fail"), 0, "no honest fake fails");
    assert.ok(verdicts("pass") >= 0.99 * sum("honest", (row) => Number(row["count"])));
    const liars = sum("liar", (row) => Number(row["count"]));
    assert.equal(
      sum("liar", (row) => Number(row["flagged"])),
      liars,
      "every liar is flagged",
    );
  },
  accuracy(rows) {
    const compared = rows as unknown as readonly (Row & Comparison & { readonly cause?: string })[];
    for (const row of compared) {
      const where = `seed ${row.seed}: ${row.fault} of ${row.target}`;
      // Rows of an earlier witness or interval may be outside: they led to those of today, and each has its cause.
      if (!row.inside) {
        assert.ok(row.cause && !isOfToday(row), `${where} is outside`);
        continue;
      }
      const { lowerMs, upperMs, truthMs, truthErrorMs } = row;
      assert.ok(truthMs !== null && upperMs !== null, `${where} has both ends`);
      assert.ok(
        lowerMs <= truthMs + truthErrorMs && truthMs - truthErrorMs <= upperMs,
        `${where}: ${truthMs} +- ${truthErrorMs} in [${lowerMs}, ${upperMs}]`,
      );
      if (isFailover(row)) assert.ok(upperMs - lowerMs <= 250, `${where} is ${upperMs - lowerMs} ms wide`);
    }
    const counted = compared.filter((row) => isFailover(row) && row.inside);
    assert.ok(counted.length >= 50, "at least 50 failovers count");
    const [met, today] = [counted.filter(({ witness }) => witness !== undefined), counted.filter(isOfToday)];
    assert.ok(met.length >= 45, `${met.length} of them by the witness that meets each replica`);
    assert.ok(today.length >= 25, `${today.length} of them with the interval of today, too`);
  },
  kills(rows) {
    for (const row of rows) {
      assert.deepEqual(row["residue"], [], `seed ${row.seed}`);
      assert.equal(row["labAlive"], true, `seed ${row.seed}`);
      assert.ok(Number(row["healthyAfterMs"]) < 126_000, `seed ${row.seed} is whole within the expiry`);
    }
  },
  job(rows) {
    // A scene that failed was fixed and tried again: its newest row counts.
    for (const row of new Map(rows.map((each) => [each["scene"], each])).values()) {
      assert.equal(row["good"], true, `${row["scene"]} on ${row.date}`);
      assert.deepEqual(row["left"], [], `${row["scene"]} leaves nothing in the namespace`);
      if (row["noticedMs"] === undefined) continue;
      assert.ok(Number(row["noticedMs"]) < 3_000 && Number(row["replacedMs"]) < 5_000, `${row["scene"]}`);
    }
  },
  kubernetes(rows) {
    // A day that did not pass stays with its cause, and another one is played.
    for (const row of rows) {
      if (row["verdict"] === "pass") passedOnCluster(row);
      else assert.ok(row["cause"], `${row.date} says why it is ${row["verdict"]}`);
    }
  },
  "faults-kubernetes"(rows) {
    for (const row of rows) {
      assert.ok(row["biteWitness"] && row["healWitness"], `${row["fault"]} has both witnesses`);
      assert.deepEqual(row["residue"], [], `${row["fault"]}`);
      assert.ok(CLUSTER_FAULTS.includes(String(row["fault"])), `${row["fault"]} is a fault of the cluster`);
    }
  },
  "kills-kubernetes"(rows) {
    for (const row of rows) {
      const where = `seed ${row.seed}: ${row["fault"]}, ${row["scene"]}`;
      assert.deepEqual(row["left"], [], where);
      assert.notEqual(row["wholeMs"], null, `${where} is whole again`);
      const overdueMs = row["endedAfterReturnMs"] ?? Number(row["endedMs"]) - Number(row["expiresAfterMs"]);
      assert.ok(Number(overdueMs) <= UNDONE_WITHIN_MS, `${where}: ended ${overdueMs} ms late`);
    }
  },
  "broken-kubernetes"(rows) {
    // A variant that was not flagged was explained, and the newest row of each counts.
    for (const row of new Map(rows.map((each) => [each["name"], each])).values())
      assert.equal(row["flagged"], row["kind"] === "broken", `${row["name"]}: ${row["says"]}`);
  },
  "rights-kubernetes"(rows) {
    for (const row of new Map(rows.map((each) => [each["without"], each])).values())
      assert.equal(row["named"], true, `without ${row["without"]}: ${row["says"]}`);
  },
  "accuracy-kubernetes"(rows) {
    for (const row of rows as unknown as readonly (Row & Comparison & { readonly cause?: string })[]) {
      const where = `seed ${row.seed}: ${row.fault} of ${row.target}`;
      assert.ok(row.inside || row.cause, `${where} is outside without a cause`);
      if (row.inside && isFailover(row)) assert.ok((row.widthMs ?? 0) <= 500, `${where} is ${row.widthMs} ms wide`);
    }
  },
  faults(rows) {
    for (const row of rows) {
      assert.ok(row["biteWitness"] && row["healWitness"], `${row["fault"]} has both witnesses`);
      assert.deepEqual(row["residue"], [], `${row["fault"]}`);
      assert.ok(LAB_FAULTS.includes(String(row["fault"])), `${row["fault"]} is a fault of the lab`);
    }
  },
  kinds(rows) {
    // A failure was explained, fixed and played again: the newest row of a kind counts.
    const newest = new Map(rows.map((row) => [String(row["fault"]), row]));
    for (const [fault, row] of newest) {
      assert.ok(LAB_FAULTS.includes(fault), `${fault} is a fault of the lab`);
      assert.equal(row["verdict"], "pass", `${fault}: ${row["sentence"]}`);
      assert.equal(row["exitCode"], 0, fault);
      assert.ok(Number(row["bites"]) > 0, `${fault} was seen to bite`);
    }
  },
  broken(rows) {
    for (const row of rows) {
      assert.equal(row["exitCode"], 1, `${row["plan"]}, seed ${row.seed}`);
      assert.ok(Number(row["lost"]) > 0, `${row["plan"]}, seed ${row.seed}`);
      assert.equal(row["lost"], row["lostByStore"], `${row["plan"]}, seed ${row.seed}`);
    }
  },
  "mutants-lab"(rows) {
    // The newest result of a row counts: earlier ones were judged by the code and the expectations of their day.
    for (const row of new Map(rows.map((each) => [each["name"], each])).values()) {
      const known = LAB_ROWS.find(({ name }) => name === row["name"]);
      assert.equal(known?.kind, row["kind"], `${row["name"]} is a row of the lab`);
      assert.equal(row["flagged"], row["kind"] === "mutant", `${row["name"]}: ${row["finding"]}`);
      const { expected } = known ?? {};
      const wanted = expected ? `${expected.finding} ${expected.status}` : "pass";
      assert.equal(row["expected"], wanted, `${row["name"]} is expected to be found as it was when it was played`);
      assert.ok(String(row["finding"]).startsWith(wanted), `${row["name"]}: ${row["finding"]}`);
      assert.ok(Number(row["ms"]) > 0);
    }
  },
  idle(rows) {
    for (const row of rows) {
      assert.deepEqual(row["desired"], [3], "three replicas stay three");
      assert.ok(Number(row["readyLeast"]) === 3 && Number(row["syncs"]) > 0);
    }
  },
  new(rows) {
    // A day that did not pass stays with what was printed, and the newest of each app counts.
    for (const row of new Map(rows.map((each) => [each["app"], each])).values()) {
      assert.equal(row["verdict"], "pass", `${row["app"]}: ${row["sentence"]}`);
      assert.deepEqual(
        ["new", "try", "run"].map((step) => (row[step] as { readonly exitCode: number } | null)?.exitCode),
        [0, 0, 0],
        String(row["app"]),
      );
    }
  },
  quickstart(rows) {
    // A quick start that stumbled stays, with what was printed where, and the newest counts.
    const row = rows.at(-1);
    const commands = row?.["commands"] as readonly { readonly command: string; readonly printed: string | null }[];
    for (const { command, printed } of commands) assert.equal(printed, null, command);
    assert.match(String(row?.["sentence"]), /^Fail: /);
    assert.ok(Number(row?.["redSeconds"]) <= 900, `red after ${row?.["redSeconds"]} s`);
  },
  api(rows) {
    for (const row of rows) {
      assert.deepEqual([row["failures"], row["serverErrors"]], [0, 0], `seed ${row.seed}`);
      assert.ok(Number(row["calls"]) >= 1_000, `${row["calls"]} calls`);
    }
  },
  fuzz(rows) {
    const folders = rows.reduce((sum, row) => sum + Number(row["folders"]), 0);
    for (const row of rows) assert.deepEqual(row["wrong"], [], `seed ${row.seed}`);
    assert.ok(folders >= 10_000, `${folders} folders`);
    const outcomes = rows.map((row) =>
      ["pass", "fail", "unknown", "error"].reduce((sum, one) => sum + Number(row[one]), 0),
    );
    assert.equal(
      outcomes.reduce((a, b) => a + b),
      folders,
      "each folder came out somehow",
    );
  },
};

const commands = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts,
);
const readme = readFileSync(join(FOLDER, "README.md"), "utf8");

for (const [name, holds] of Object.entries(CLAIMS)) {
  const file = join(FOLDER, `${name}.json`);
  test(`${name}.json: ${existsSync(file) ? "its rows hold what the proof claims" : "not there yet, and named with its command"}`, () => {
    const command = name === "kubernetes" ? "test:kubernetes" : `prove:${name}`;
    assert.ok(commands.includes(command), `package.json has ${command}`);
    assert.ok(readme.includes(`\`npm run ${command}\``) && readme.includes(`${name}.json`), `README.md names ${name}`);
    if (!existsSync(file)) return;
    const record = JSON.parse(readFileSync(file, "utf8")) as TrackRecord<Rows[number]>;
    assert.equal(record.command, `npm run ${command}`);
    assert.ok(record.proof && record.rows.length > 0);
    for (const row of record.rows) wellFormed(row);
    holds(record.rows);
  });
}

test("every table in the folder is judged here", () => {
  const tables = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  assert.deepEqual(
    tables.filter((name) => CLAIMS[name.replace(".json", "")] === undefined),
    [],
  );
});

/** Asserts what a passed game day on the cluster has shown. */
function passedOnCluster(row: Rows[number]): void {
  const experiments = row["experiments"] as ClusterDay["experiments"];
  const replicas = row["replicas"] as readonly number[];
  assert.equal(experiments.length, 5, row.date);
  for (const { name, status, lost, before, after } of experiments) {
    assert.equal(status, "pass", name);
    assert.equal(lost, 0, name);
    assert.ok(Object.keys(before).length >= 9 && Object.keys(after).length >= 9, `${name} has the uids of all pods`);
  }
  assert.ok(Math.max(...replicas) > 3 && replicas.at(-1) === 3, `replicas ${replicas.join(" ")}`);
  assert.equal(row["workers"], 3);
  assert.deepEqual(row["residue"], []);
}

function wellFormed({ command, commit, seed, date }: Row): void {
  assert.ok(command && seed, "a row says how to try it again");
  assert.match(commit, /^[0-9a-f]{7,40}\+?$/);
  assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
}

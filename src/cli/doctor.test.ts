import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { World } from "../cli.ts";
import { diagnoseLab, diagnoseMachine, diagnosePrograms } from "../platform/lab/diagnosis.ts";
import { FAULT_PROGRAMS, NEEDED_PROGRAMS } from "../platform/lab/programs.ts";
import { diagnoseKubernetes } from "./doctor/kubernetes.ts";
import { limits } from "./doctor/load.ts";
import { doctorCommand, renderDoctor } from "./doctor.ts";

const gone = { at: null, onPath: false } as const;

test("each missing program is named, with its purpose and how to install it", () => {
  const lines = diagnosePrograms([
    ...NEEDED_PROGRAMS.map((program) => ({ ...program, ...gone, required: true })),
    ...FAULT_PROGRAMS.map((program) => ({ ...program, ...gone, required: false })),
  ]);
  const text = renderDoctor("0.0.0", [{ does: "the lab", lines }]);
  for (const { name, purpose } of NEEDED_PROGRAMS)
    assert.ok(text.includes(`MISSING ${name}: not found (for: ${purpose})`), `${name} in ${text}`);
  for (const { name } of FAULT_PROGRAMS) assert.match(text, new RegExp(`LIMITED ${name}: not found`));
  assert.match(text, /^NOT READY: the lab$/m);
  assert.match(text, /run: sudo .*setup\.mjs \(or install haproxy\)/);
});

test("a program that only the lab's own search finds is reported as not on the PATH", () => {
  const [tini] = NEEDED_PROGRAMS.filter(({ name }) => name === "tini");
  assert.ok(tini);
  const [line] = diagnosePrograms([{ ...tini, at: "/usr/bin/tini", onPath: false, required: true }]);
  assert.deepEqual([line?.state, line?.seen], ["ok", "/usr/bin/tini (not on your PATH; the lab finds it)"]);
});

test("with an empty PATH every tool is named", () => {
  const named = diagnoseLab("/var/lib", "").map(({ name, seen }) => [name, seen] as const);
  for (const { name } of [...NEEDED_PROGRAMS, ...FAULT_PROGRAMS]) {
    const [, seen = ""] = named.find(([one]) => one === name) ?? [];
    assert.match(seen, /not on your PATH|not found/, name);
  }
});

test("all obstacles of a machine are reported at once", () => {
  const machine = {
    platform: "linux",
    uid: 1000,
    apparmorRestrictsUserNamespaces: true,
    namespaceTrouble: null,
    folder: "/var/lib/gameday",
    freeBytes: 1,
    openFilesMax: 10,
  };
  assert.deepEqual(
    diagnoseMachine(machine).map(({ state }) => state),
    ["missing", "missing", "missing"],
  );
});

test("few open files or local ports limit a load, and the remedy is printed", () => {
  const [files, ports] = limits(
    "Max open files            256                  1024                 files",
    "32768\t33000\n",
  );
  assert.deepEqual([files?.state, files?.seen], ["limited", "enough for 924 users in each worker"]);
  assert.match(ports?.remedy ?? "", /ip_local_port_range/);
  assert.deepEqual(limits(null, null), []);
});

test("a kubeconfig is reported as found, unreadable or absent", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-doctor-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "config");
  writeFileSync(file, "contexts: [{ name: staging, context: {} }]\n");
  assert.deepEqual(diagnoseKubernetes({ KUBECONFIG: file })[0]?.seen, `${file}: staging`);
  writeFileSync(file, "contexts: [");
  assert.equal(diagnoseKubernetes({ KUBECONFIG: file })[0]?.state, "missing");
  assert.match(diagnoseKubernetes({ HOME: folder })[0]?.seen ?? "", /none at .*\.kube\/config/);
});

test("the command prints sections, as text or as JSON, and its exit code depends on the lab", async () => {
  for (const argv of [[], ["--json"]]) {
    let text = "";
    let code = -1;
    const world = {
      uid: 0,
      version: "0.0.0",
      env: { PATH: "", HOME: "/nonexistent" },
      stdout: { write: (part: string) => (text += part) },
      setExitCode: (given: number) => {
        code = given;
      },
    } as unknown as World;
    await doctorCommand(world).parseAsync(argv, { from: "user" });
    const missing = diagnoseLab("/var/lib/gameday", "").some(({ state }) => state === "missing");
    assert.equal(code, missing ? 4 : 0);
    assert.match(text, argv.length === 0 ? /load \(gameday load\)/ : /"does": "load \(gameday load\)"/);
  }
});

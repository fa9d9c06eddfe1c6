/**
 * Keeps the part of a run that a repository can hold: the verdict and its reports, the plan, the record of the run with its seed,
 * and the manifest, which holds the size and hash of the evidence that is left out. Everything derived is recomputed from the
 * whole evidence, so that the kept files are what this commit concludes from it.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  EVIDENCE_FILES,
  type EvidenceFile,
  HISTORY_FILE,
  INTERVALS_FILE,
  LEDGER_FILE,
  MANIFEST_FILE,
} from "../src/evidence/files.ts";
import { openEvidence } from "../src/evidence/reader.ts";
import type { Evidence, RunRecord } from "../src/evidence.ts";
import { renderFiles } from "../src/report/render.ts";
import { ExitCode, GamedayError } from "../src/std/errors.ts";
import { judgeFully } from "../src/verdict/judge.ts";

/** The files that are long in every run. People do not read them, and git would keep them forever. */
const LONG_FILES: readonly EvidenceFile[] = [HISTORY_FILE, INTERVALS_FILE, LEDGER_FILE];
export const LEFT_OUT_FILE = "left-out.json";

/** The plans whose closing runs are kept, and where. */
export const KEPT_RUNS = {
  lab: { plan: "jewelry-shop-full", folder: "docs/full-run" },
  cluster: { plan: "jewelry-shop-kubernetes-full", folder: "docs/full-run-kubernetes" },
} as const;

export interface LeftOut {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Rewrites the folder `to`. Throws when the evidence is not whole, belongs to another plan, or when a kept file would reveal this
 * machine.
 */
export function keepRun(from: string, to: string, planName: string, machine = ""): readonly LeftOut[] {
  const evidence = openEvidence(from);
  refuseUnfit(from, evidence, planName);
  const out = leftOutOf(from);
  const kept = keptFiles(from, evidence, out);
  const told = [...kept].flatMap(([name, text]) => machineLines(name, text, machine));
  if (told.length > 0)
    throw refusal(from, "nothing that only this machine has: no path, no name of it", told.join("\n"));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const [name, text] of kept) writeFileSync(join(to, name), text);
  return out;
}

/** Returns the lines that hold an absolute path of a machine, or its name, as "file:line: text". */
export function machineLines(file: string, text: string, machine: string): string[] {
  const named = machine.length > 2 ? new RegExp(`\\b${machine.replaceAll(/[^\w-]/g, "\\$&")}\\b`) : null;
  const isTold = (line: string) => MACHINE_PATH.test(line) || named?.test(line) === true;
  return text
    .split("\n")
    .flatMap((line, at) => (isTold(line) ? [`${file}:${at + 1}: ${line.trim().slice(0, 160)}`] : []));
}

/**
 * Folders of users, temporary files and checkouts. The lab's own folders (/srv in its namespaces) are the same on every machine.
 */
const MACHINE_PATH = /(?<![\w.])\/(?:root|home|tmp|work|Users|mnt|opt|var\/folders)(?:\/|\b(?![\w-]))/;

function refuseUnfit(from: string, { run, flaws }: Evidence, planName: string): void {
  if (flaws.length > 0) throw refusal(from, "sealed evidence that is whole", flaws.join("; "));
  if (run.plan.name !== planName) throw refusal(from, `a run of the plan ${planName}`, run.plan.name);
}

function keptFiles(from: string, evidence: Evidence, out: readonly LeftOut[]): Map<string, string> {
  const files = new Map<string, string>(renderFiles(judgeFully(evidence), evidence));
  for (const name of [...EVIDENCE_FILES, MANIFEST_FILE]) {
    if (existsSync(join(from, name)) && !out.some(({ file }) => file === name))
      files.set(name, readFileSync(join(from, name), "utf8"));
  }
  files.set(LEFT_OUT_FILE, `${JSON.stringify(out, null, 1)}\n`);
  files.set("README.md", readmeOf(evidence.run, out));
  return files;
}

/** Lists the long evidence files and all logs. They serve to find a cause on the day of the run. */
function leftOutOf(from: string): LeftOut[] {
  const big = LONG_FILES.filter((name) => existsSync(join(from, name)));
  const folder = join(from, "logs");
  const logs = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => `logs/${name}`)
    : [];
  return [...big, ...logs.filter((name) => statSync(join(from, name)).isFile())].map((file) => {
    const bytes = readFileSync(join(from, file));
    return { file, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
}

function readmeOf(run: RunRecord, out: readonly LeftOut[]): string {
  const rows = out.map(({ file, bytes, sha256 }) => `| ${file} | ${bytes} | ${sha256} |`);
  return `# ${run.plan.name}: a run that is kept

<!-- Written by scripts/keep-full-run.ts. -->

One run of the plan [plan.yaml](plan.yaml), started ${run.startedAt}, seed ${run.seed}, on ${environmentOf(run)}.
Read [report.html](report.html) or [report.md](report.md); for machines: [verdict.json](verdict.json), [stats.json](stats.json),
[junit.xml](junit.xml). They were made from the whole evidence when the run was kept, after all of it agreed with its seal.

To play it again, from a checkout with nothing else on the machine (a seed repeats the choices, not the machine):

    npx ${run.command}
    npm run keep:full-run -- runs/latest

## What was left out

Size and hash of the evidence stand in [manifest.json](manifest.json), and those of all that was left out in
[${LEFT_OUT_FILE}](${LEFT_OUT_FILE}). Without it \`gameday judge\` says of this folder that the history is absent: unknown, as it must.

| file | bytes | sha256 |
|---|---|---|
${rows.join("\n")}
`;
}

function environmentOf({ environment, tool }: RunRecord): string {
  const { cpus, memoryBytes, kernel, node } = environment;
  const memory = `${(Number(memoryBytes) / 2 ** 30).toFixed(0)} GiB`;
  return `${String(cpus)} CPUs, ${memory}, kernel ${String(kernel)}, Node ${String(node)}, ${tool.name} ${tool.version}`;
}

function refusal(folder: string, expected: string, got: string): GamedayError {
  const hint = "play it from the checkout, with the plan's path as the README gives it";
  return new GamedayError({
    code: "cannot-keep",
    expected,
    got,
    hint,
    exitCode: ExitCode.usage,
    place: { file: folder },
  });
}

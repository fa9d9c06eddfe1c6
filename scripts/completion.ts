/**
 * Renders docs/completion-report.md from the kept runs and the tables of the track record. The same files always give the same
 * bytes.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../src/evidence.ts";
import type { Status } from "../src/status.ts";
import { readNdjson } from "../src/std/ndjson.ts";
import type { TimelineEvent } from "../src/timeline.ts";
import { PRODUCT_ROWS } from "./completion-product.ts";
import { type KeptRun, REQUIREMENTS, type Requirement } from "./completion-rows.ts";
import { KEPT_RUNS } from "./kept-run.ts";
import type { Row, TrackRecord } from "./track-record.ts";

export const REPORT_PAGE = "docs/completion-report.md";
export const TRACK_FOLDER = "docs/track-record";

/** The folders of the kept runs. A folder that does not exist yet makes its answers unknown. */
export interface KeptFolders {
  readonly lab: string;
  readonly cluster: string;
}

export const KEPT_FOLDERS: KeptFolders = { lab: KEPT_RUNS.lab.folder, cluster: KEPT_RUNS.cluster.folder };

/** A kept run, and the path of its folder as the report names it. */
interface Kept extends KeptRun {
  readonly link: string;
}

export function completionReport(folders: KeptFolders, tracks: string): string {
  const lab = read(folders.lab, "full-run");
  const cluster = read(folders.cluster, "full-run-kubernetes");
  const sections = [
    head(lab, cluster),
    requirements(lab, cluster),
    product(tracks),
    trackRecord(tracks),
    notReached(lab, cluster),
  ];
  return `${sections.join("\n\n")}\n`;
}

function read(folder: string, link: string): Kept | null {
  if (!existsSync(join(folder, "run.json"))) return null;
  const json = <T>(name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
  return {
    link,
    verdict: json("verdict.json"),
    stats: json("stats.json"),
    record: json("run.json"),
    timeline: [...readNdjson<TimelineEvent>(join(folder, "timeline.ndjson"))],
  };
}

function head(lab: Kept | null, cluster: Kept | null): string {
  return `# Completion report

<!-- Written by \`npm run completion-report\` from docs/full-run, docs/full-run-kubernetes and docs/track-record; a test compares it. -->

What the mission requires, and what one run of all of it measured, on the lab and on a cluster.

${headOf("On the lab", lab)}

${headOf("On a cluster", cluster)}`;
}

function headOf(where: string, kept: Kept | null): string {
  if (kept === null) return `**${where}: unknown.** No run is kept yet, so that each answer about it is unknown.`;
  const { environment, startedAt, seed, command }: RunRecord = kept.record;
  return `**${where}: ${cell(kept.verdict.sentence)}.** Kept in [docs/${kept.link}](${kept.link}/README.md), started ${startedAt}, seed
${seed}, on ${String(environment["cpus"])} CPUs; to play it again: \`npx ${command}\`.`;
}

/** One answer as a cell, with the link to its evidence. */
interface Shown {
  readonly status: Status;
  readonly text: string;
}

const WORD: Readonly<Record<Status, string>> = { pass: "met", fail: "missed", unknown: "unknown" };

function answerOf(requirement: Requirement, kept: Kept | null, where: keyof KeptFolders): Shown {
  if (where === "cluster" && requirement.notOnCluster !== undefined)
    return shown("unknown", requirement.notOnCluster, "[Kubernetes](guide/kubernetes.md)");
  if (kept === null) return shown("unknown", "no run is kept", NOT_KEPT[where]);
  const { measured, status, file, key } = requirement.answer(kept);
  return shown(status, measured, `[${file}](${kept.link}/${file}) \`${key}\``);
}

/** Where the evidence of a run that is not kept yet will come from. */
const NOT_KEPT: KeptFolders = {
  lab: "[the plan](../examples/jewelry-shop/full.yaml)",
  cluster: "[the plan](../examples/jewelry-shop/kubernetes/full.yaml)",
};

function shown(status: Status, measured: string, evidence: string): Shown {
  return { status, text: `**${WORD[status]}**: ${cell(measured)} (${evidence})` };
}

function requirements(lab: Kept | null, cluster: Kept | null): string {
  const answers = REQUIREMENTS.map((one) => ({
    ...one,
    lab: answerOf(one, lab, "lab"),
    cluster: answerOf(one, cluster, "cluster"),
  }));
  const parts = [...new Set(answers.map(({ part }) => part))].map((part) => {
    const rows = answers
      .filter((one) => one.part === part)
      .map(({ says, bound, lab: onLab, cluster: onCluster }) => row([says, bound, onLab.text, onCluster.text]));
    return `### ${part}\n\n${table(["requirement", "bound", "on the lab", "on a cluster"], rows)}`;
  });
  const count = (where: keyof KeptFolders) =>
    (["pass", "fail", "unknown"] as const)
      .map((status) => `${answers.filter((one) => one[where].status === status).length} ${WORD[status]}`)
      .join(", ");
  const summary = `Of ${answers.length} requirements, on the lab: ${count("lab")}; on a cluster: ${count("cluster")}.`;
  return ["## Requirements", summary, ...parts].join("\n\n");
}

function product(tracks: string): string {
  const rows = PRODUCT_ROWS.map(({ says, answer }) => {
    const { status, measured, evidence } = answer(tracks);
    return row([says, shown(status, measured, evidence).text]);
  });
  return `## What else the mission requires

These do not depend on the platform.

${table(["requirement", "answer"], rows)}`;
}

function table(titles: readonly string[], rows: readonly string[]): string {
  return [row(titles), `|${"---|".repeat(titles.length)}`, ...rows].join("\n");
}

function trackRecord(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const rows = names.sort().map((name) => {
    const table = JSON.parse(readFileSync(join(folder, name), "utf8")) as TrackRecord<Row>;
    return row([table.proof, `\`${table.command}\``, `[${name}](track-record/${name})`]);
  });
  return `## What was tried often

One run is one sample; these tables hold many, failed tries included, and a test judges them again
([what each claims](track-record/README.md)).

${[row(["claim", "command", "table"]), "|---|---|---|", ...rows].join("\n")}`;
}

function notReached(lab: Kept | null, cluster: Kept | null): string {
  return `## What these runs could not reach, and why

The verdicts' own lists of what the runs did not test:

${[...notTested("lab", lab), ...notTested("cluster", cluster)].join("\n") || "- nothing"}

And beyond it, of the lab:

- **Three nodes, one machine.** The lab's nodes are namespaces: they share one kernel, one disk, one clock and one supply of power. A
  node that is lost here never takes a page cache, a disk or a kernel with it, and the three cannot differ in time.
- **A process that is killed does not test fsync.** What it wrote is safe in the kernel that all nodes share. "0 lost" speaks of
  replication and of acknowledgements, not of a machine that loses its power.
- **No distance.** Packets between the nodes cross a bridge in memory; latency, loss and bandwidth are only what a fault puts there.
- **Load and platform share the cores.** Latencies hold the contention of users, probes, databases and app; they are an upper bound of
  the platform's own, and the busiest second says what this machine can do, not what the platform could.
- **Ten replicas are not ten times the work.** All run on the same cores. The declared CPU request is set so that this load is worth
  ten replicas and none is worth three: what is shown is that the autoscaler decides, starts, drains and returns as it should.
- **The autoscaler is the lab's.** It follows Kubernetes' published algorithm and each decision is computed again from its samples; it
  is not Kubernetes' own code, and a replica is a supervised process, not a pod.
- **What stands once.** etcd (one member, outside of the nodes) and HAProxy are not doubled in this plan and are not broken in this
  run; the lease is shorter than Patroni's default for that reason ([0011](decisions/0011-lab-settings.md)).
- **The faults are clean.** A cut drops every packet at once and a kill is final; slow decay is in other faults
  ([the catalogue](guide/faults.md)), not in this run.`;
}

function notTested(where: string, kept: Kept | null): string[] {
  return kept?.verdict.notTested.map(({ what, because }) => `- ${where}: ${cell(what)}: ${cell(because)}.`) ?? [];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((each) => cell(each).replaceAll("|", "\\|")).join(" | ")} |`;
}

function cell(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll("<", "&lt;")
    .replace(/\.$/, "");
}

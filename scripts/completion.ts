/**
 * Renders docs/completion-report.md from a kept run and the tables of the track record. The same files always give the same
 * bytes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../src/evidence.ts";
import { readNdjson } from "../src/std/ndjson.ts";
import type { TimelineEvent } from "../src/timeline.ts";
import { type KeptRun, REQUIREMENTS } from "./completion-rows.ts";
import type { Row, TrackRecord } from "./track-record.ts";

export const KEPT_FOLDER = "docs/full-run";
export const REPORT_PAGE = "docs/completion-report.md";
export const TRACK_FOLDER = "docs/track-record";

export function completionReport(folder: string, tracks: string): string {
  const read = <T>(name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
  const run: KeptRun = {
    verdict: read("verdict.json"),
    stats: read("stats.json"),
    timeline: [...readNdjson<TimelineEvent>(join(folder, "timeline.ndjson"))],
  };
  const sections = [
    head(run, read<RunRecord>("run.json")),
    requirements(run),
    trackRecord(tracks),
    notReached(run, read<RunRecord>("run.json")),
  ];
  return `${sections.join("\n\n")}\n`;
}

function head({ verdict }: KeptRun, { environment, startedAt, seed, command }: RunRecord): string {
  return `# Completion report

<!-- Written by \`npm run completion-report\` from docs/full-run and docs/track-record; a test compares it. -->

What the mission requires, and what one run of all of it measured: [docs/full-run](full-run/README.md), started ${startedAt}, seed
${seed}, on ${String(environment["cpus"])} CPUs; to play it again: \`npx ${command}\`.

**${cell(verdict.sentence)}**`;
}

function requirements(run: KeptRun): string {
  const answers = REQUIREMENTS.map((one) => ({ ...one, ...one.answer(run) }));
  const count = (status: string) => answers.filter((one) => one.status === status).length;
  const parts = [...new Set(answers.map(({ part }) => part))].map((part) => {
    const rows = answers
      .filter((one) => one.part === part)
      .map(({ says, bound, measured, status, file, key }) =>
        row([says, bound, measured, status, `[${file}](full-run/${file}) \`${key}\``]),
      );
    return `### ${part}\n\n${[row(["requirement", "bound", "measured", "status", "evidence"]), "|---|---|---|---|---|", ...rows].join("\n")}`;
  });
  const summary = `${count("pass")} of ${answers.length} pass, ${count("fail")} fail, ${count("unknown")} are unknown.`;
  return ["## Requirements", summary, ...parts].join("\n\n");
}

function trackRecord(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const rows = names.sort().map((name) => {
    const table = JSON.parse(readFileSync(join(folder, name), "utf8")) as TrackRecord<Row>;
    return row([table.proof, `${table.rows.length}`, `\`${table.command}\``, `[${name}](track-record/${name})`]);
  });
  return `## What was tried often

One run is one sample; these tables hold many, failed tries included, and a test judges them again
([what each claims](track-record/README.md)).

${[row(["claim", "rows", "command", "table"]), "|---|---|---|---|", ...rows].join("\n")}`;
}

function notReached({ verdict }: KeptRun, { environment }: RunRecord): string {
  const own = verdict.notTested.map(({ what, because }) => `- ${cell(what)}: ${cell(because)}.`);
  return `## What a lab on ${String(environment["cpus"])} cores could not reach, and why

The verdict's own list of what this run did not test:

${own.join("\n") || "- nothing"}

And beyond it:

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

function row(cells: readonly string[]): string {
  return `| ${cells.map((each) => cell(each).replaceAll("|", "\\|")).join(" | ")} |`;
}

function cell(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll("<", "&lt;")
    .replace(/\.$/, "");
}

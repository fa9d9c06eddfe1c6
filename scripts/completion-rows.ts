/**
 * The requirements of the completion report, one row each, and how each is read from a kept run. One explicit list, in the order
 * of the report.
 */
import type { RunRecord } from "../src/evidence.ts";
import { measuredWords } from "../src/objective/words.ts";
import type { Measured } from "../src/objective.ts";
import type { Bound } from "../src/range.ts";
import { formatBound } from "../src/report/format.ts";
import type { Stats } from "../src/report/stats.ts";
import type { Status } from "../src/status.ts";
import type { TimelineEvent } from "../src/timeline.ts";
import type { Verdict } from "../src/verdict.ts";

export interface KeptRun {
  readonly verdict: Verdict;
  readonly stats: Stats;
  readonly timeline: readonly TimelineEvent[];
  readonly record: RunRecord;
}

export interface Answer {
  readonly measured: string;
  readonly status: Status;
  /** The file of the kept run that holds the answer, and the place in it. */
  readonly file: "verdict.json" | "stats.json" | "timeline.ndjson" | "run.json";
  readonly key: string;
}

export interface Requirement {
  readonly part: string;
  readonly says: string;
  readonly bound: string;
  answer(run: KeptRun): Answer;
  /** Why a cluster cannot answer it; undefined when it can. */
  readonly notOnCluster?: string;
}

const STEPS = ["validation", "load-deployment", "load", "autoscaling-watch", "experiments", "scale-down-watch"].concat([
  "statistics",
  "report",
  "clean-up",
]);

export const REQUIREMENTS: readonly Requirement[] = [
  {
    part: "Load",
    says: "six traffic patterns at the same time",
    bound: "at least 6",
    answer({ record }) {
      const names = new Set(record.plan.load.scenarios.map(({ file }) => file));
      const status = names.size >= 6 ? "pass" : "fail";
      return { measured: `${names.size} scenarios`, status, file: "run.json", key: "plan.load.scenarios" };
    },
  },
  plateau("Load", "1,000 users, in no second of the plateau fewer", "at least 1000 users", ({ usersFewest }) => [
    `${usersFewest} users`,
    usersFewest >= 1000,
  ]),
  plateau("Load", "the plateau lasts 30 minutes", "at least 1800 s", ({ seconds }) => [
    `${seconds} s`,
    seconds >= 1800,
  ]),
  plateau("Load", "the users are in three workers, which a coordinator directs", "at least 3", ({ workers }) => [
    `${workers}`,
    workers >= 3,
  ]),
  plateau("Load", "a user's mean cycle, think time included", "at most 1.9 s", ({ cycleSecondsMean: cycle }) => [
    cycle === null ? "no evidence" : `${cycle} s`,
    cycle === null ? null : cycle <= 1.9,
  ]),
  objective("Load", "requests in all", "requests", "requests", { atLeast: 100_001 }),
  objective("Load", "the busiest second", "peak", "requests/s", { atLeast: 501 }),
  objective("Load", "requests that succeed, faults included", "success", "%", { atLeast: 99 }),
  objective("Load", "requests that succeed outside of the fault windows", "availability", "%", { atLeast: 99.9 }),
  objective("Load", "a request takes on average", "mean", "ms", { under: 500 }),
  objective("Load", "95 % of the requests take", "p95", "ms", { under: 2000 }),
  objective("Recovery", "PostgreSQL leader failure", "database-recovery", "s", { under: 30 }),
  objective("Recovery", "Redis master failure", "redis-recovery", "s", { under: 30 }),
  objective("Recovery", "two random replicas killed", "app-recovery", "s", { under: 60 }),
  objective("Recovery", "a node cordoned and drained", "node-recovery", "s", { under: 120 }),
  objective("Recovery", "network partition", "partition-recovery", "s", { under: 30 }),
  {
    part: "Recovery",
    says: "every recovery is the platform's own",
    bound: "5 of 5",
    answer: ({ verdict }) => {
      const own = verdict.experiments.filter(({ healedBy }) => healedBy === "platform").length;
      const all = verdict.experiments.length;
      return inVerdict(`${own} of ${all}`, own === all && all >= 5, "experiments[].healedBy");
    },
  },
  objective("Data", "acknowledged writes lost", "nothing-lost", "writes", { atMost: 0 }),
  objective("Data", "writes that are there twice", "nothing-twice", "writes", { atMost: 0 }),
  objective("Data", "recovery point", "recovery-point", "s", { under: 900 }),
  objective("Autoscaling", "10 replicas ready after the begin of the load", "scale-up", "s", { atMost: 300 }),
  objective("Autoscaling", "back at 3 replicas after the end of the load", "scale-down", "s", { atMost: 600 }),
  objective("Autoscaling", "95 % of the requests while scaling up", "p95-while-scaling", "ms", { under: 2000 }),
  {
    ...objective("Autoscaling", "decisions that do not follow from their samples", "scaling-decisions", "decisions", {
      atMost: 0,
    }),
    notOnCluster: "Kubernetes' own autoscaler decides there, and shows none of its samples",
  },
  objective("Autoscaling", "changes of direction", "flapping", "changes", { atMost: 1 }),
  objective("Safety", "health checks of members that do not hold at the end", "members", "checks", { atMost: 0 }),
  objective("Safety", "restarts outside of the faults", "restarts", "restarts", { atMost: 0 }),
  {
    part: "Safety",
    says: "manual steps",
    bound: "0",
    answer: ({ verdict: { manualInterventions: by } }) => inVerdict(`${by}`, by === 0, "manualInterventions"),
  },
  validity("Safety", "every fault bit, seen from inside", "faults-bit"),
  validity("Safety", "every fault was seen to be gone", "faults-ended"),
  validity("Safety", "clean-up leaves nothing behind", "no-residue"),
  {
    part: "The whole mission in one run",
    says: `the nine steps: ${STEPS.map((step) => step.replaceAll("-", " ")).join(", ")}`,
    bound: "9, each begun",
    answer: ({ timeline }) => {
      const begun = new Set(
        timeline.flatMap((one) => (one.type === "phase" && one.edge === "begin" ? [one.phase] : [])),
      );
      const done = STEPS.filter((step) => begun.has(step as never)).length;
      const status = timeline.length === 0 ? "unknown" : done === STEPS.length ? "pass" : "fail";
      return { measured: `${done}`, status, file: "timeline.ndjson", key: '"type":"phase"' };
    },
  },
  validity("The whole mission in one run", "everything that was planned was done", "run-complete"),
  {
    part: "The whole mission in one run",
    says: "the verdict of the run",
    bound: "pass",
    answer: ({ verdict }) => ({ ...inVerdict(verdict.verdict, true, "verdict"), status: verdict.verdict }),
  },
];

/** Returns the requirement that the run's own objective answers, and only if that objective had the required bound. */
function objective(part: string, says: string, id: string, unit: string, bound: Bound): Requirement {
  return {
    part,
    says,
    bound: formatBound(bound, unit),
    answer({ verdict }) {
      const own = verdict.objectives.find((one) => one.id === id);
      const key = `objectives[id=${id}]`;
      if (own === undefined) return { ...inVerdict("not asked for", null, key) };
      const same = JSON.stringify(own.bound) === JSON.stringify(bound);
      const measured = measuredWords({ ...own, measured: own.measured as Measured });
      if (!same) return inVerdict(`${measured}, by another bound: ${formatBound(own.bound, own.unit)}`, null, key);
      return { ...inVerdict(measured, null, key), status: own.status };
    },
  };
}

function validity(part: string, says: string, checker: string): Requirement {
  return {
    part,
    says,
    bound: "holds",
    answer({ verdict }) {
      const own = verdict.validity.find((one) => one.checker === checker);
      const answer = inVerdict(own?.because ?? "not checked", null, `validity[checker=${checker}]`);
      return own === undefined ? answer : { ...answer, status: own.status };
    },
  };
}

type Plateau = NonNullable<Stats["plateau"]>;

function plateau(
  part: string,
  says: string,
  bound: string,
  read: (plateau: Plateau) => readonly [measured: string, holds: boolean | null],
): Requirement {
  return {
    part,
    says,
    bound,
    answer({ stats }) {
      const [measured, holds] = stats.plateau === null ? (["no evidence", null] as const) : read(stats.plateau);
      return { ...inVerdict(measured, holds, "plateau"), file: "stats.json" };
    },
  };
}

/** Returns an answer from verdict.json. `holds` is null when the verdict does not contain it. */
function inVerdict(measured: string, holds: boolean | null, key: string): Answer {
  return { measured, status: holds === null ? "unknown" : holds ? "pass" : "fail", file: "verdict.json", key };
}

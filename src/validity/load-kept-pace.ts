import type { Doubt } from "../objective/facts.ts";
import { USERS_SHARE_MIN } from "../objective/generator.ts";
import { atSeconds, type Ground, plural, rule } from "./rule.ts";

/** If more than this share of the intervals is behind the plan, the load is not the one that was planned. */
const BEHIND_SHARE_MAX = 0.05;
/** Scripts also throw while the platform is broken; if more than this share of all iterations throws, the script is broken. */
const BROKEN_SHARE_MAX = 0.5;
/** Workers report every second; five missing reports cannot be explained by a late timer. */
const SILENCE_MS_MAX = 5_000;

/** A load that fell behind its plan proves less than it seems to, because requests that were not sent could not fail. */
export const loadKeptPace = rule(
  "load-kept-pace",
  "The load had the users that the plan intends, dropped no arrival, and all its figures arrived.",
  (ground) => {
    const { generator } = ground.load;
    if (generator.intervals === 0) {
      return { status: "unknown", because: NO_FIGURES, doubts: loadDoubts(ground) };
    }
    const doubts = loadDoubts(ground);
    const figures = { users: generator.usersMax, dropped: generator.dropped, repeated: generator.repeated };
    if (doubts.length > 0) {
      const because = `${doubts
        .slice(0, 5)
        .map((doubt) => doubt.because)
        .join("; ")}.`;
      return { status: "unknown", because, witnesses: generator.examples, figures, doubts };
    }
    const because = `The load kept pace with its plan in ${plural(generator.intervals, "interval")}, up to ${plural(generator.usersMax, "user")} a worker.`;
    return { status: "pass", because, figures };
  },
);

const NO_FIGURES = "No figures of the load were recorded.";

type LoadGround = Pick<Ground, "load" | "story">;

/** Returns every reason why the load may not be the one that was planned. */
export function loadDoubts(ground: LoadGround): Doubt[] {
  if (ground.load.generator.intervals === 0) return [{ kind: "load", span: null, because: NO_FIGURES }];
  return [
    ...behind(ground),
    ...broken(ground),
    ...dropped(ground),
    ...unopened(ground),
    ...impossible(ground),
    ...missing(ground),
    ...lost(ground),
    ...cutOff(ground),
    ...begunLate(ground),
    ...fellSilent(ground),
    ...unaccounted(ground),
  ];
}

function impossible({ load }: LoadGround): Doubt[] {
  const count = load.fates.impossible;
  if (count === 0) return [];
  const because = `${plural(count, "figure")} of the load ${count === 1 ? "is" : "are"} impossible: more requests failed, or checks held, than there were`;
  return [{ kind: "load", span: null, because }];
}

function behind({ load }: LoadGround): Doubt[] {
  const { intervals, behind: late } = load.generator;
  if (late / intervals <= BEHIND_SHARE_MAX) return [];
  const because = `in ${late} of ${intervals} intervals there were fewer than ${USERS_SHARE_MIN * 100} % of the users intended`;
  return [{ kind: "load", span: null, because }];
}

/** A script that mostly throws does not do what real users would, whatever the answers to its remaining requests. */
function broken({ load, story }: LoadGround): Doubt[] {
  const { iterations, iterationsFailed } = load.generator;
  if (iterationsFailed <= BROKEN_SHARE_MAX * iterations) return [];
  const note = story.notes.find(({ kind }) => kind === "script-error");
  const example = note === undefined ? "" : `, such as ${note.says}`;
  const because = `${iterationsFailed} of ${plural(iterations, "iteration")} ended with a script error${example}`;
  return [{ kind: "load", span: null, because }];
}

/** Windows with drops are in doubt because of their stalled share; this doubt is that the load was not sent as a whole. */
function dropped({ load }: LoadGround): Doubt[] {
  const { dropped: count } = load.generator;
  if (count === 0) return [];
  return [
    {
      kind: "load",
      span: { fromMs: 0, toMs: 0 },
      because: `${plural(count, "arrival")} found no free user and was dropped`,
    },
  ];
}

/** Calls that could not open a connection count as failed, but say nothing about the platform. */
function unopened({ load }: LoadGround): Doubt[] {
  const { unopened: count } = load.generator;
  if (count === 0) return [];
  const because = `${plural(count, "call")} failed because the generator's machine had no free local port or descriptor`;
  return [{ kind: "load", span: null, because }];
}

function missing({ load }: LoadGround): Doubt[] {
  return load.generator.missing.map(({ worker, span, missing: count }) => {
    const because = `${plural(count, "report")} of worker ${worker} from ${atSeconds(span.fromMs)} to ${atSeconds(span.toMs)} never arrived`;
    return { kind: "load", span, because };
  });
}

function lost({ story }: LoadGround): Doubt[] {
  return story.workers
    .filter((worker) => worker.edge === "lost")
    .map((worker) => {
      const because = `worker ${worker.worker} was lost at ${atSeconds(worker.atMs)}`;
      return { kind: "load", span: { fromMs: worker.atMs, toMs: Number.POSITIVE_INFINITY }, because };
    });
}

/**
 * Finds workers that stopped reporting before the load ended. They leave no gap in their sequence, but what they did from then on
 * is not known. Workers that left or are known to be lost are handled elsewhere. Of the workers without a recorded join, only
 * those that reported last are included.
 */
function fellSilent({ load, story }: LoadGround): Doubt[] {
  const endMs = story.load.rampDownMs ?? story.load.endMs;
  if (endMs === null) return [];
  const those = (edges: readonly string[]) =>
    new Set(story.workers.filter(({ edge }) => edges.includes(edge)).map(({ worker }) => worker));
  const [joined, gone] = [those(["joined"]), those(["lost", "left"])];
  const reports = [...load.generator.lastReports];
  const lastMs = Math.max(...reports.map(([, { toMs }]) => toMs));
  return reports
    .filter(([worker, { toMs }]) => (joined.has(worker) || toMs === lastMs) && !gone.has(worker))
    .filter(([, { toMs }]) => toMs < endMs - SILENCE_MS_MAX)
    .map(([worker, { toMs }]) => {
      const because = `worker ${worker} reported nothing after ${atSeconds(toMs)}, while the load went on until ${atSeconds(endMs)}`;
      return { kind: "load", span: { fromMs: toMs, toMs: endMs }, because };
    });
}

/** Finds workers whose first reports are missing: a worker counts its reports from the number that it had when it joined. */
function begunLate({ load, story }: LoadGround): Doubt[] {
  return [...load.generator.firstReports].flatMap(([worker, { sequence, fromMs }]): Doubt[] => {
    const joined = story.workers.find((event) => event.worker === worker && event.edge === "joined");
    const count = sequence - (joined?.lastSequence ?? sequence) - 1;
    if (count <= 0) return [];
    const because = `the first ${plural(count, "report")} of worker ${worker} never arrived`;
    return [{ kind: "load", span: { fromMs: joined?.atMs ?? 0, toMs: fromMs }, because }];
  });
}

/** Finds workers whose last reports are missing: a worker that leaves reports how many reports it made. */
function cutOff({ load, story }: LoadGround): Doubt[] {
  return story.workers.flatMap(({ worker, edge, lastSequence, atMs }): Doubt[] => {
    const { sequence, toMs } = load.generator.lastReports.get(worker) ?? { sequence: lastSequence, toMs: atMs };
    if (edge !== "left" || sequence >= lastSequence) return [];
    const because = `the last ${plural(lastSequence - sequence, "report")} of worker ${worker}, from ${atSeconds(toMs)} on, never arrived`;
    return [{ kind: "load", span: { fromMs: toMs, toMs: Math.max(toMs, atMs) }, because }];
  });
}

/**
 * Finds workers without a complete record. If the tool recorded the phases of the run, every worker that reports must have joined,
 * and every worker that joined must have left or been lost. Otherwise, the record of a loss may be missing.
 */
function unaccounted({ load, story }: LoadGround): Doubt[] {
  if (story.phases.length === 0) return [];
  const those = (...edges: string[]) =>
    new Set(story.workers.filter(({ edge }) => edges.includes(edge)).map(({ worker }) => worker));
  const [joined, gone] = [those("joined"), those("left", "lost")];
  const strangers = [...load.generator.lastReports.keys()].filter((worker) => !joined.has(worker));
  const open = [...joined].filter((worker) => !gone.has(worker));
  return [
    ...strangers.map((worker) => `worker ${worker} reported, but its joining was not recorded`),
    ...open.map((worker) => `the end of worker ${worker} was not recorded`),
  ].map((because): Doubt => ({ kind: "load", span: null, because }));
}

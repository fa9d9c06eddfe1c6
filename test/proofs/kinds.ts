/**
 * Plays one kind of fault as one short game day on a healthy lab: nothing is wrong with the platform, so the verdict must be a
 * pass.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "../../src/fault/catalogue.ts";
import type { FaultKind } from "../../src/fault.ts";
import type { Status } from "../../src/status.ts";
import type { Json } from "../../src/std/json.ts";
import { until } from "../../src/std/wait.ts";
import type { Verdict } from "../../src/verdict.ts";
import { type AttachedLab, SHOP_PROBES, shopPlan } from "./attached-lab.ts";

type Part = Readonly<Record<string, Json>>;

/** Long enough for the slowest failover of the lab: a leader whose node is silent is replaced after Patroni's ttl. */
const HOLD_OF_A_FAILOVER = "18s";

/** Long enough for a platform that repairs itself, as when replicas die, to do so before the tool heals. */
const HOLD = "6s";
/** How long the proof rests after each fault, and the test, which plays many kinds in a row. */
const SETTLE = "2s";
export const SHORT_SETTLE = "500ms";
const RECOVERY_SECONDS = 25;
const HEALTHY_MS_MAX = 90_000;
/** How the ids of the objectives about users' recovery begin. */
const RECOVERS = "recovers-";

/** Kinds during which another member has to take over. */
const FAILOVERS: ReadonlySet<string> = new Set([
  "kill-leader",
  "repeated-kills",
  "freeze",
  "power-off-node",
  "partition-node",
  "partition-one-way",
  "partition-sides",
  "isolate-leader",
]);

/** Returns what a plan must give where the defaults do not work. `marker` is a file of the proof's own. */
function given(kind: string, marker: string): Part {
  if (kind === "command") {
    const commands = { inject: ["touch", marker], verify: ["ls", marker], heal: ["rm", "-f", marker] };
    return { target: { role: "app" }, with: commands };
  }
  return kind === "repeated-kills" ? { with: { times: 2, down: "15s" } } : {};
}

/** The result of one game day of a kind. */
export interface KindPlayed {
  readonly fault: string;
  readonly verdict: Status | "no verdict";
  readonly exitCode: number | null;
  readonly targets: readonly string[];
  readonly bites: number;
  /** What served users again, and how long that took at most, in milliseconds; null when it is not known. */
  readonly healedBy: string;
  readonly recoveredMs: number | null;
  readonly sentence: string;
  /** The duration of the whole game day. */
  readonly ms: number;
}

/**
 * Returns the plan of a game day with these kinds: a few users of the shop, its books, and objectives that any healthy platform
 * meets.
 */
export function dayPlan(faults: readonly string[], marker: string, settle: string = SETTLE): Json {
  return shopPlan({
    name: `kinds ${faults.join(", ")}`,
    probes: SHOP_PROBES,
    warmUp: "3s",
    calm: "3s",
    experiments: faults.map((fault) => ({
      name: fault,
      fault,
      hold: FAILOVERS.has(fault) ? HOLD_OF_A_FAILOVER : HOLD,
      settle,
      ...given(fault, marker),
    })),
    claims: ["orders", "carts"].map((object) => ({
      object,
      checkers: ["acked-set", "duplicates"],
      ledger: { http: `/audit/${object}` },
    })),
    ledger: { quiet: "2s", betweenReads: "1s" },
    cleanUp: { http: "POST /audit/clean-up" },
    objectives: [
      ...faults.flatMap(objectivesOf),
      objective("nothing-lost", "no acknowledged write is lost", "lost-writes", { atMost: 0 }),
      objective("no-crashes", "nothing restarts that no fault touched", "unexpected-restarts", { atMost: 0 }),
    ],
  });
}

function objective(id: string, says: string, measure: string, more: Part): Json {
  return { id, says, measure, ...more };
}

function objectivesOf(fault: string): Json[] {
  const kind = FAULTS.find(({ name }) => name === fault) as FaultKind;
  const after = kind.traits.recoversOnlyAfterHeal ? { healedBy: "anyone" } : {};
  return [
    objective(`${RECOVERS}${fault}`, `users are served again within ${RECOVERY_SECONDS} s`, "recovery-seconds", {
      over: { experiment: fault, ...after },
      under: RECOVERY_SECONDS,
    }),
    objective(`whole-${fault}`, `all members are in their place after ${fault}`, "health-checks-unmet", {
      over: { experiment: fault },
      atMost: 0,
    }),
  ];
}

/** Plays one game day of several kinds, one after another, and returns its verdict. Throws when there is none. */
export async function playDay(
  lab: AttachedLab,
  faults: readonly string[],
  seed: string,
  settle: string,
): Promise<Verdict> {
  await whole(lab, faults.join(", "));
  const out = join(lab.folder, `day-${seed}`);
  const plan = lab.write(`day-${seed}.yaml`, dayPlan(faults, join(lab.folder, "marker"), settle));
  const { code, stdout, stderr } = await lab.gameday(["run", plan, "--seed", seed, "--out", out]);
  const file = join(out, "verdict.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Verdict;
  throw new Error(`expected a verdict of ${faults.join(", ")}, got exit ${code}: ${stderr || stdout}`);
}

/** Plays one kind on the lab, which is whole before and after. Throws when the lab does not become whole. */
export async function playKind(lab: AttachedLab, fault: string, seed: string): Promise<KindPlayed> {
  await whole(lab, fault);
  const out = join(lab.folder, `kind-${fault}-${seed}`);
  const plan = lab.write(`kind-${fault}.yaml`, dayPlan([fault], join(lab.folder, "marker")));
  const began = performance.now();
  const { code, stdout, stderr } = await lab.gameday(["run", plan, "--seed", seed, "--out", out]);
  const ms = Math.round(performance.now() - began);
  const file = join(out, "verdict.json");
  if (existsSync(file)) return told(fault, JSON.parse(readFileSync(file, "utf8")) as Verdict, ms);
  const sentence = (stderr || stdout).trim().slice(-400);
  const nothing = { targets: [], bites: 0, healedBy: "nobody", recoveredMs: null };
  return { fault, verdict: "no verdict", exitCode: code, ...nothing, sentence, ms };
}

/** The rules by which the tool judges itself: probes that did not beat, a generator that did not send. */
const OURS: ReadonlySet<string> = new Set(["probes-gapless", "generator-healthy", "load-kept-pace"]);

/**
 * Returns the lines of a verdict that are no pass and have no excuse. A stall of this machine itself proves nothing about a kind, so
 * when a rule about our own parts is unknown, that rule and what it leaves unknown of users' recovery are excused. All else must pass
 * on any machine: no write is lost, every fault bites and ends, nothing restarts or stays behind, all members return. A failure never
 * has an excuse.
 */
export function notExcused({ validity, findings, objectives }: Verdict): string[] {
  const stalled = validity.some(({ checker, status }) => status === "unknown" && OURS.has(checker));
  const lines = [
    ...validity.map((one) => ({ ...one, id: one.checker, excusable: OURS.has(one.checker) })),
    ...findings.map((one) => ({
      ...one,
      id: `${one.checker} of ${one.object}`,
      excusable: one.checker === "users-recover",
    })),
    ...objectives.map((one) => ({ ...one, excusable: one.id.startsWith(RECOVERS) })),
  ];
  return lines
    .filter(({ status, excusable }) => status !== "pass" && !(stalled && excusable && status === "unknown"))
    .map(({ id, status, because }) => `${id} ${status}: ${because}`);
}

function told(fault: string, { verdict, exitCode, sentence, experiments, validity }: Verdict, ms: number): KindPlayed {
  const [experiment] = experiments;
  const uppers = Object.values(experiment?.recovery ?? {}).map(({ upperMs }) => upperMs);
  const known = uppers.flatMap((upperMs) => upperMs ?? []);
  const recoveredMs = uppers.length > 0 && known.length === uppers.length ? Math.max(...known) : null;
  const bites = validity.find(({ checker }) => checker === "faults-bit")?.witnesses.length ?? 0;
  const targets = experiment?.targets.map(({ id }) => id) ?? [];
  const healedBy = experiment?.healedBy ?? "nobody";
  return { fault, verdict, exitCode, targets, bites, healedBy, recoveredMs, sentence, ms };
}

async function whole(lab: AttachedLab, fault: string): Promise<void> {
  await until(() => lab.healthy(), {
    what: `a healthy lab before ${fault}`,
    deadlineMs: HEALTHY_MS_MAX,
    everyMs: 1_000,
    signal: AbortSignal.timeout(HEALTHY_MS_MAX + 30_000),
  });
}

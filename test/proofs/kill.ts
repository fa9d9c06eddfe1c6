/** Kills one `gameday run` that is attached to a lab with SIGKILL, and checks the lab afterwards. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { openJournals } from "../../src/journal/read.ts";
import { LAB_CAPABILITIES } from "../../src/platform/lab.ts";
import type { Json } from "../../src/std/json.ts";
import { type Random, seededRandom } from "../../src/std/random.ts";
import { until } from "../../src/std/wait.ts";
import type { Started } from "../e2e/gameday.ts";
import { type AttachedLab, shopPlan } from "./attached-lab.ts";
import { descendants, type LabStock, residueBetween, stockOfLab } from "./lab-stock.ts";

const HOLD_MS = 6_000;
/**
 * A fault's expiry (its hold and the margin for injecting and healing), and the time that a database may then need to be whole.
 */
const WITHIN_MS_MAX = HOLD_MS + 60_000 + 60_000;
const LOOK_EVERY_MS = 250;
const SHOTS_MAX = 5;

/** The kinds that the lab can do, in the order of the catalogue. */
export const LAB_FAULTS: readonly string[] = FAULTS.filter(({ needs }) =>
  needs.every((need) => LAB_CAPABILITIES.includes(need)),
).map(({ name }) => name);

/**
 * The printed line that begins each moment, and the longest delay after it until the kill. Three of four moments fall while a
 * fault is open.
 */
const MOMENTS: Readonly<
  Record<"hold" | "commanded" | "heal" | "elsewhere", readonly { begins: RegExp; withinMs: number }[]>
> = {
  hold: [{ begins: /fault bit/, withinMs: 4_000 }],
  commanded: [{ begins: /fault commanded/, withinMs: 200 }],
  // There is no heal command for what the platform restarts by itself.
  heal: [{ begins: /fault heal(ed|-commanded)/, withinMs: 500 }],
  elsewhere: [
    { begins: /evidence:/, withinMs: 2_000 },
    { begins: /== load$/m, withinMs: 1_000 },
    { begins: /== (statistics|clean up)/, withinMs: 1_000 },
  ],
};
export type Moment = keyof typeof MOMENTS;
const MOMENT_NAMES = Object.keys(MOMENTS) as Moment[];

export interface Kill {
  readonly fault: string;
  readonly moment: Moment;
  /** Milliseconds from the line that begins the moment. */
  readonly afterMs: number;
  /** Changes that were open in the journal when the tool was dead. */
  readonly open: number;
  readonly labAlive: boolean;
  /**
   * From the kill until the lab was whole, the tool's processes gone, the journal empty and nothing left; null when this never
   * happened.
   */
  readonly healthyAfterMs: number | null;
  readonly healedBy: "nothing was open" | "watchdog" | "gameday heal" | "nobody";
  /** What was left at the end, after the watchdog and then `gameday heal` had done their work. */
  readonly residue: readonly string[];
}

/** Returns fault and moment of the n-th kill: each fault comes once with each moment before any pair repeats. */
export function killNumbered(number: number): { fault: string; moment: Moment } {
  const fault = LAB_FAULTS[number % LAB_FAULTS.length] as string;
  const moment = MOMENT_NAMES[Math.floor(number / LAB_FAULTS.length) % MOMENT_NAMES.length] as Moment;
  return { fault, moment };
}

/** Plays a short game day with one fault, kills it, and waits until the lab is as it was. */
export async function kill(lab: AttachedLab, what: { fault: string; moment: Moment }, seed: string): Promise<Kill> {
  const random = seededRandom(seed);
  const before = stockOfLab(lab.pid);
  const plan = lab.write(`kill-${seed}.yaml`, planOf(what.fault, lab));
  const { afterMs, ours } = await shoot(what.moment, random, (shot) =>
    lab.start(["run", plan, "--seed", seed, "--out", join(lab.folder, `run-${seed}-${shot}`)]),
  );
  const open = await openChanges(lab);
  const began = performance.now();
  const look = () => left(lab, before, ours);
  let residue = await settle(look, WITHIN_MS_MAX);
  const byItself = residue.length === 0;
  if (!byItself) {
    await lab.gameday(["heal"]);
    residue = await settle(look, WITHIN_MS_MAX);
  }
  const labAlive = (await lab.status()).holder?.pid === lab.pid;
  const healthyAfterMs = residue.length === 0 ? Math.round(performance.now() - began) : null;
  return { ...what, afterMs, open, labAlive, healthyAfterMs, healedBy: healer(open, byItself, residue), residue };
}

function healer(open: number, byItself: boolean, residue: readonly string[]): Kill["healedBy"] {
  if (residue.length > 0) return "nobody";
  if (!byItself) return "gameday heal";
  return open === 0 ? "nothing was open" : "watchdog";
}

function planOf(fault: string, lab: AttachedLab): Json {
  const marker = join(lab.folder, "broken");
  const command = { inject: ["touch", marker], verify: ["ls", marker], heal: ["rm", "-f", marker] };
  const experiment = {
    name: fault,
    fault,
    hold: `${HOLD_MS}ms`,
    settle: "500ms",
    ...(fault === "command" && { with: command }),
  };
  return shopPlan({ experiments: [experiment] });
}

/** Kills a run. A run that ended before its kill was missed, and another one is started. */
async function shoot(moment: Moment, random: Random, begin: (shot: number) => Started) {
  for (let shot = 1; shot <= SHOTS_MAX; shot++) {
    const killed = await killAt(begin(shot), moment, random);
    if (killed !== null) return killed;
  }
  throw new Error(`expected to kill a run in the moment "${moment}", got ${SHOTS_MAX} that ended before`);
}

/** Returns null when the run ended by itself before the kill. */
async function killAt(
  run: Started,
  moment: Moment,
  random: Random,
): Promise<{ afterMs: number; ours: string[] } | null> {
  const { begins, withinMs } = random.pick(MOMENTS[moment]);
  const afterMs = random.int(withinMs);
  await run.printed(begins);
  await delay(afterMs);
  const ours = descendants(run.child.pid ?? 0).map(identityOf);
  run.child.kill("SIGKILL");
  const { code } = await run.ended;
  if (code !== null) return null;
  return { afterMs, ours: ours.filter(Boolean) };
}

/** Polls until nothing is left; returns what was left when the deadline passed. */
async function settle(look: () => Promise<string[]>, withinMs: number): Promise<string[]> {
  let residue: string[] = [];
  const none = async () => {
    residue = await look().catch((thrown: unknown) => [`cannot look: ${String(thrown)}`]);
    return residue.length === 0;
  };
  const { signal } = new AbortController();
  const options = { what: "nothing to be left", deadlineMs: withinMs, everyMs: LOOK_EVERY_MS, signal };
  await until(none, options).catch(() => undefined); // What is left is the result.
  return residue;
}

async function left(lab: AttachedLab, before: LabStock, ours: readonly string[]): Promise<string[]> {
  const alive = ours.filter((identity) => identityOf(Number(identity.split(" ")[0])) === identity);
  if (alive.length > 0) return alive.map((identity) => `process of the run: ${identity}`);
  const open = await openChanges(lab);
  if (open > 0) return [`${open} open changes in the journal`];
  const { health } = await lab.status();
  const bad = health.filter((line) => !line.ok).map((line) => `${line.name}: ${line.seen}`);
  if (bad.length > 0 || health.length === 0) return ["the lab is not whole", ...bad];
  return residueBetween(before, stockOfLab(lab.pid));
}

async function openChanges(lab: AttachedLab): Promise<number> {
  const journals = await openJournals(join(lab.stateFolder, "journal"));
  return journals.reduce((sum, { open }) => sum + open.length, 0);
}

/**
 * Returns "pid started-at", because the pid alone may belong to another process by now; empty when the process does not exist.
 */
function identityOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : `${pid} ${fields[19]}`;
  } catch {
    return "";
  }
}

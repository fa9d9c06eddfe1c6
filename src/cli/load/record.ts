/** What stands in the evidence of a load about itself: its plan, and the command that repeats it. */
import { basename } from "node:path";
import type { World } from "../../cli.ts";
import { EVIDENCE_VERSION, type RunRecord } from "../../evidence.ts";
import { barePlan } from "../../plan/bare.ts";
import { portable } from "../../plan/portable.ts";
import type { LoadPlan, Plan } from "../../plan.ts";
import type { Clock } from "../../std/clock.ts";
import { outputOptions } from "../output-flags.ts";
import { environmentRecord } from "../run/environment.ts";
import type { LoadFlags } from "./flags.ts";

/** Stands for what is not recorded, because it may be a secret. */
const HIDDEN = "[not recorded]";
/** Flags that say where to report, or that hold secrets: they are left out of the recorded command. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "json",
  "out",
  "token",
  "seed",
  "host",
  "env",
  "quiet",
  "onlySummary",
  "dashboard",
  ...outputOptions().map((option) => option.attributeName()),
]);

export interface LoadIdentity {
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly baseUrl: string;
}

/** Returns the plan as it is recorded: paths relative to the current folder, and nothing that may be a secret. */
export function recordedPlan(world: World, baseUrl: string, load: LoadPlan, seed: string | null): Plan {
  const [first] = load.scenarios;
  const name = basename(first?.file ?? "load").replace(/\.[^.]+$/, "");
  return portable(barePlan({ name, url: baseUrl, seed, load: withoutSecrets(load) }), world.cwd);
}

function withoutSecrets(load: LoadPlan): LoadPlan {
  const env = Object.fromEntries(Object.keys(load.env).map((name) => [name, HIDDEN]));
  if (load.client === undefined) return { ...load, env };
  const { tls, proxy, ...client } = load.client;
  const proxies =
    proxy === undefined ? {} : { proxy: { ...proxy, ...hidden(proxy.http, "http"), ...hidden(proxy.https, "https") } };
  const names = tls === undefined ? {} : { tls: withoutKeys(tls) };
  return { ...load, env, client: { ...client, ...proxies, ...names } };
}

function hidden(url: string | undefined, name: "http" | "https"): Record<string, string> {
  return url === undefined ? {} : { [name]: url.replace(/\/\/[^/@]*@/, `//${encodeURIComponent(HIDDEN)}@`) };
}

function withoutKeys(tls: NonNullable<NonNullable<LoadPlan["client"]>["tls"]>) {
  const { key: _key, certificate: _certificate, ca: _ca, ...rest } = tls;
  return rest;
}

export function recordOf(world: World, identity: LoadIdentity, plan: Plan, flags: LoadFlags): RunRecord {
  const { runId, seed, clock } = identity;
  const startedAtMs = world.now().getTime() - clock.nowMs();
  return {
    version: EVIDENCE_VERSION,
    runId,
    plan,
    seed,
    command: commandOf(plan, flags, identity),
    startedAt: new Date(startedAtMs).toISOString(),
    tool: { name: "gameday", version: world.version },
    environment: environmentRecord(clock),
  };
}

/** Returns plan.yaml: JSON, which is YAML as well, so that a load need not wait for a library that writes YAML. */
export function planTextOf(plan: Plan, command: string): string {
  return `# The plan that the flags of this command describe: ${command}\n${JSON.stringify(plan, null, 2)}\n`;
}

function commandOf(plan: Plan, flags: LoadFlags, { baseUrl, seed }: LoadIdentity): string {
  const scripts = plan.load.scenarios.map(({ file }) => quoted(file));
  const given = Object.entries(flags).flatMap(([name, value]) => (LEFT_OUT.has(name) ? [] : flagText(name, value)));
  const env = Object.keys(plan.load.env).map((name) => `-e ${name}=...`);
  return ["gameday load", ...scripts, "-H", quoted(baseUrl), ...given, ...env, "--seed", quoted(seed)].join(" ");
}

function flagText(name: string, value: unknown): string[] {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === true) return [flag];
  if (Array.isArray(value)) return value.flatMap((each) => flagText(name, each));
  return typeof value === "string" ? [`${flag} ${quoted(value)}`] : [];
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

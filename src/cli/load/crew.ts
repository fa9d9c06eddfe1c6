/** Gathers the workers of a load: processes on this machine, or workers that join from others. */
import { randomBytes } from "node:crypto";
import type { World } from "../../cli.ts";
import type { Via } from "../../load/coordinator/start.ts";
import { digestOfLoad, type RunningState } from "../../load/wire/envelope.ts";
import { Gateway, parseListen } from "../../load/wire/gateway.ts";
import { forkWorker } from "../../load/wire/link.ts";
import { type Clock, monotonicClock } from "../../std/clock.ts";
import { GamedayError } from "../../std/errors.ts";
import { pause } from "../../std/wait.ts";
import { joinWithinMs, type LoadFlags, type LoadJob } from "./flags.ts";
import type { LoadFolder } from "./folder.ts";
import { type CrewWorld, KubernetesCrew, newToken, type PodsFlags, type PodsJob, planOnWorkers } from "./kubernetes.ts";
import { LISTEN_ALL } from "./kubernetes-flags.ts";

const JOIN_DEADLINE_MS = 600_000;
const PODS_JOIN_DEADLINE_MS = 120_000;
/** Workers that lost their coordinator try to reach it several times within this time. */
const AT_WORK_MS = 1_000;

export interface Crew extends AsyncDisposable {
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly open: Via["open"];
  /** The state of workers that are running a load whose coordinator was lost. */
  readonly atWork: readonly RunningState[];
}

export interface Gathering {
  readonly job: LoadJob;
  readonly baseUrl: string;
  readonly flags: LoadFlags;
  readonly folder: LoadFolder | null;
  readonly signal: AbortSignal;
}

export async function gatherCrew(world: World, { job, baseUrl, flags, folder, signal }: Gathering): Promise<Crew> {
  const runId = `load-${randomBytes(4).toString("hex")}`;
  const seed = flags.seed ?? randomBytes(4).toString("hex");
  const load = digestOfLoad(planOnWorkers(job.plan, flags), baseUrl);
  const door = { world, workers: job.plan.workers, load, files: { flush: () => folder?.flush() }, signal };
  if (flags.kubernetes === true) return await crewOfPods(job, flags, door, { runId, seed });
  if (flags.listen === undefined) {
    return {
      runId,
      seed,
      clock: monotonicClock(),
      open: forkWorker,
      atWork: [],
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const { workers } = job.plan;
  const gateway = await listenFor(door, { ...flags, token: tokenOf(flags) });
  try {
    world.stderr.write(`waiting for ${workers} workers: gameday worker --join http://HOST:PORT with the same token\n`);
    return crewOf(gateway, { runId, seed }, await gateway.gather(joinWithinMs(flags, JOIN_DEADLINE_MS)), gateway);
  } catch (thrown) {
    await gateway[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** The coordinator's side of waiting for workers: how many, and for which load. */
export interface Door {
  readonly world: CrewWorld;
  readonly workers: number;
  readonly load: string;
  /** What is told is flushed before workers forget it. */
  readonly files: { flush(): void };
  readonly signal: AbortSignal;
}

/** Creates a Job of workers and waits until all of them have joined. Disposing the crew removes the Job. */
export async function crewOfPods(
  job: PodsJob,
  flags: PodsFlags,
  door: Door,
  fresh: Pick<Crew, "runId" | "seed">,
): Promise<Crew> {
  const { world, signal } = door;
  const token = flags.token ?? newToken();
  await using stack = new AsyncDisposableStack();
  const pods = stack.use(await KubernetesCrew.connect(world, job, flags, { runId: fresh.runId, token }));
  const given = { listen: LISTEN_ALL, ...flags, token };
  const either = AbortSignal.any([signal, pods.signal]);
  const gateway = stack.use(await listenFor({ ...door, signal: either }, given));
  const withinMs = joinWithinMs(flags, PODS_JOIN_DEADLINE_MS);
  if (flags.token !== undefined) await pause(AT_WORK_MS, either); // a restarted coordinator is recognised by its token
  const running =
    gateway.atWork > 0
      ? await pods.takeOver(() => gateway.gather(withinMs))
      : await pods.gather(() => gateway.gather(withinMs));
  return crewOf(gateway, fresh, running, stack.move());
}

/** Returns the crew. Workers that are running a load keep its name, its seed and its clock. */
function crewOf(
  gateway: Gateway,
  fresh: Pick<Crew, "runId" | "seed">,
  running: readonly RunningState[] | null,
  all: AsyncDisposable,
): Crew {
  const [first] = running ?? [];
  return {
    runId: first?.runId ?? fresh.runId,
    seed: first?.seed ?? fresh.seed,
    clock: monotonicClock(first?.originNs),
    open: gateway.open,
    atWork: running ?? [],
    [Symbol.asyncDispose]: async () => await all[Symbol.asyncDispose](),
  };
}

function listenFor(
  { world, files, ...door }: Door,
  flags: { readonly listen?: string; readonly token: string },
): Promise<Gateway> {
  return Gateway.listen({
    ...parseListen(flags.listen ?? LISTEN_ALL),
    ...door,
    token: flags.token,
    onCheckpoint: () => files.flush(),
    onNote: (says) => world.stderr.write(`${says}\n`),
  });
}

function tokenOf(flags: LoadFlags): string {
  if (flags.token !== undefined) return flags.token;
  throw new GamedayError({
    code: "no-token",
    expected: "--token or GAMEDAY_TOKEN with --listen",
    got: "neither",
    hint: "openssl rand -hex 16",
  });
}

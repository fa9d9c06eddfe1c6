/** Who does the load: processes of this machine, or workers that join from others. */
import { randomBytes } from "node:crypto";
import type { World } from "../cli.ts";
import { forkWorker } from "../load/link.ts";
import { Gateway, parseListen } from "../load/remote/gateway.ts";
import type { RunningState } from "../load/remote/wire.ts";
import type { Via } from "../load/start.ts";
import { type Clock, monotonicClock } from "../std/clock.ts";
import { GamedayError } from "../std/errors.ts";
import { pause } from "../std/wait.ts";
import type { OutputFiles } from "./load-files.ts";
import { joinWithinMs, type LoadFlags, type LoadJob } from "./load-flags.ts";
import { KubernetesCrew, newToken } from "./load-kubernetes.ts";
import { LISTEN_ALL } from "./load-kubernetes-flags.ts";

const JOIN_DEADLINE_MS = 600_000;
const PODS_JOIN_DEADLINE_MS = 120_000;
/** Workers that lost their coordinator look for it several times in this. */
const AT_WORK_MS = 1_000;

export interface Crew extends AsyncDisposable {
  readonly runId: string;
  readonly clock: Clock;
  readonly via: Via;
}

export async function gatherCrew(
  world: World,
  job: LoadJob,
  flags: LoadFlags,
  files: OutputFiles,
  signal: AbortSignal,
): Promise<Crew> {
  const runId = `load-${randomBytes(4).toString("hex")}`;
  if (flags.kubernetes === true) return await crewOfPods(world, job, flags, files, signal, runId);
  if (flags.listen === undefined) {
    return {
      runId,
      clock: monotonicClock(),
      via: { open: forkWorker, adopted: [] },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const { workers } = job.plan;
  const gateway = await listenFor(world, workers, { ...flags, token: tokenOf(flags) }, files, signal);
  try {
    world.stderr.write(`waiting for ${workers} workers: gameday worker --join http://HOST:PORT with the same token\n`);
    return crewOf(gateway, runId, await gateway.gather(joinWithinMs(flags, JOIN_DEADLINE_MS)), gateway);
  } catch (thrown) {
    await gateway[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function crewOfPods(
  world: World,
  job: LoadJob,
  flags: LoadFlags,
  files: OutputFiles,
  signal: AbortSignal,
  runId: string,
): Promise<Crew> {
  const token = flags.token ?? newToken();
  await using stack = new AsyncDisposableStack();
  const pods = stack.use(await KubernetesCrew.connect(world, job, flags, runId, token));
  const given = { listen: LISTEN_ALL, ...flags, token };
  const either = AbortSignal.any([signal, pods.signal]);
  const gateway = stack.use(await listenFor(world, job.plan.workers, given, files, either));
  const withinMs = joinWithinMs(flags, PODS_JOIN_DEADLINE_MS);
  if (flags.token !== undefined) await pause(AT_WORK_MS, either); // a coordinator that starts anew is known by its token
  const running =
    gateway.atWork > 0
      ? await pods.takeOver(() => gateway.gather(withinMs))
      : await pods.gather(() => gateway.gather(withinMs));
  return crewOf(gateway, runId, running, stack.move());
}

/** Workers in the middle of a load keep its name and its clock. */
function crewOf(gateway: Gateway, runId: string, running: readonly RunningState[] | null, all: AsyncDisposable): Crew {
  const [first] = running ?? [];
  return {
    runId: first?.runId ?? runId,
    clock: monotonicClock(first?.originNs),
    via: { open: gateway.open, adopted: running ?? [] },
    [Symbol.asyncDispose]: async () => await all[Symbol.asyncDispose](),
  };
}

function listenFor(
  world: World,
  workers: number,
  flags: { readonly listen?: string; readonly token: string },
  files: OutputFiles,
  signal: AbortSignal,
): Promise<Gateway> {
  return Gateway.listen({
    ...parseListen(flags.listen ?? LISTEN_ALL),
    token: flags.token,
    workers,
    signal,
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

/** Who does the load: processes of this machine, or workers that join from others. */
import { randomBytes } from "node:crypto";
import type { World } from "../cli.ts";
import { forkWorker } from "../load/link.ts";
import { Gateway, parseListen } from "../load/remote/gateway.ts";
import type { Via } from "../load/start.ts";
import { type Clock, monotonicClock } from "../std/clock.ts";
import { GamedayError } from "../std/errors.ts";
import type { OutputFiles } from "./load-files.ts";
import type { LoadFlags } from "./load-flags.ts";

const JOIN_DEADLINE_MS = 600_000;

export interface Crew extends AsyncDisposable {
  readonly runId: string;
  readonly clock: Clock;
  readonly via: Via;
}

export async function gatherCrew(
  world: World,
  workers: number,
  flags: LoadFlags,
  files: OutputFiles,
  signal: AbortSignal,
): Promise<Crew> {
  const runId = `load-${randomBytes(4).toString("hex")}`;
  if (flags.listen === undefined) {
    return {
      runId,
      clock: monotonicClock(),
      via: { open: forkWorker, adopted: [] },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const gateway = await Gateway.listen({
    ...parseListen(flags.listen),
    token: tokenOf(flags),
    workers,
    signal,
    onCheckpoint: () => files.flush(),
    onNote: (says) => world.stderr.write(`${says}\n`),
  });
  try {
    world.stderr.write(`waiting for ${workers} workers: gameday worker --join http://HOST:PORT with the same token\n`);
    const running = await gateway.gather(JOIN_DEADLINE_MS);
    const [first] = running ?? [];
    // Workers in the middle of a load keep its name and its clock.
    return {
      runId: first?.runId ?? runId,
      clock: monotonicClock(first?.originNs),
      via: { open: gateway.open, adopted: running ?? [] },
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await gateway[Symbol.asyncDispose]();
    throw thrown;
  }
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

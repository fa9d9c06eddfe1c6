/** Runs setup() and teardown() of scenarios: once per run, in one worker, and outside all counts of the load. */

import { placeOf, thrownText } from "../../scenario/thrown.ts";
import type { Http, ScenarioDefinition, SetupContext } from "../../scenario.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { demandJson } from "../count/recording.ts";
import { Scope } from "../count/scope.ts";
import { LazyHttp2 } from "../http/http2.ts";
import { Session } from "../http/session.ts";
import type { UserWorld } from "./world.ts";

const DEADLINE_MS = 60_000;

/** Runs all setups and returns what each scenario's setup returned, in order; null for scenarios without one. */
export async function runSetups(definitions: readonly ScenarioDefinition[], world: UserWorld): Promise<Json[]> {
  const data: Json[] = [];
  for (const { name, setup } of definitions) {
    if (setup === undefined) data.push(null);
    else data.push(await within({ step: "setup", name }, world, async (context) => dataOf(await setup(context))));
  }
  return data;
}

export async function runTeardowns(
  definitions: readonly ScenarioDefinition[],
  world: UserWorld,
  data: readonly Json[],
): Promise<void> {
  for (const [index, { name, teardown }] of definitions.entries()) {
    if (teardown !== undefined)
      await within({ step: "teardown", name }, world, (context) => teardown(context, data[index] ?? null));
  }
}

/** Returns the data as every worker will receive it; throws for data that JSON cannot represent. */
function dataOf(given: Json | undefined): Json {
  demandJson("the data that setup returns", given);
  return given ?? null;
}

interface Step {
  readonly step: "setup" | "teardown";
  /** The scenario's name. */
  readonly name: string;
}

async function within<T>(
  { step, name }: Step,
  world: UserWorld,
  body: (context: SetupContext) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const session = quietSession(world);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no end within ${DEADLINE_MS / 1000} s`)), { once: true });
  });
  try {
    const http: Http = world.http2 ? new LazyHttp2(session) : session;
    return await Promise.race([body({ runId: world.runId, http, env: { ...world.env }, signal }), late]);
  } catch (thrown) {
    const place = placeOf(thrown);
    throw new GamedayError({
      code: `${step}-failed`,
      expected: `the ${step} of "${name}" to succeed`,
      got: thrownText(thrown),
      exitCode: ExitCode.notReady,
      cause: thrown,
      ...(place === undefined ? {} : { place }),
    });
  } finally {
    session.close();
  }
}

function quietSession(world: UserWorld): Session {
  const scope = new Scope(new MetricRegistry(() => undefined), {}, false);
  return new Session(world.session, {
    scope,
    takeDueMs: (nowMs) => nowMs,
    login: null,
    onLocalTrouble: (message) => world.onNote("local", message),
  });
}

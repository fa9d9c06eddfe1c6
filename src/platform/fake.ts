/**
 * The fake platform: a simulated shop (app replicas behind a proxy, a replicated database, a replicated session store, an
 * autoscaler, three nodes) that keeps its promises, or breaks one on purpose. It exists to test the tool: a judge can be trusted
 * only if it is right about a platform whose truth is known. One model has two drivers. The simulator of the tests (test/simulator)
 * runs it in virtual time and produces evidence; this kind runs it in real time behind a small HTTP server on loopback, so that a
 * whole `gameday run` needs no real part. Its results say nothing about any real platform.
 */
import { z } from "zod";
import type { Plan } from "../plan.ts";
import type { Platform } from "../platform.ts";
import { seededRandom } from "../std/random.ts";
import { Agenda } from "./fake/agenda.ts";
import { behave } from "./fake/behaviour.ts";
import { FAKE_CAPABILITIES } from "./fake/change.ts";
import { lieNamed } from "./fake/lie.ts";
import { QUICK } from "./fake/quick.ts";
import { FakePlatform } from "./fake/real-time.ts";
import { Site } from "./fake/site.ts";
import type { PlatformContext, PlatformKind } from "./kind.ts";

const schema = z.strictObject({
  kind: z.literal("fake"),
  /** Names from fake/lie.ts; an empty list means that the platform is honest. */
  lies: z.array(z.string()).default([]),
  /** The seed of the fake's own randomness: response times, failover times. */
  seed: z.union([z.string(), z.number()]).default("1"),
  /** quick: fails over in less than a second, to keep tests short. realistic: 1 to 10 s, as real platforms do. */
  pace: z.enum(["quick", "realistic"]).default("quick"),
  /** Whether its autoscaler runs. */
  autoscaler: z.boolean().default(false),
});

export const fakePlatform: PlatformKind = {
  name: "fake",
  schema,
  capabilities: FAKE_CAPABILITIES,
  exclusive: false,
  tells: ["restarts", "replicas"],
  create: async (config, context) => createFake(config, context),
  plannedTopology: () =>
    new Site({
      agenda: new Agenda(),
      random: seededRandom("planned"),
      behaviour: behave([]),
      emit: () => undefined,
    }).topology(),
  plannedCommands: () => [],
};

/** Creates a fake platform that is not started yet. Throws GamedayError for an unknown lie. */
export function createFake(config: Plan["platform"], context: Pick<PlatformContext, "clock">): Platform {
  const { lies, seed, pace, autoscaler } = schema.parse(config);
  const changes = [...(pace === "quick" ? [QUICK] : []), ...lies.map((name) => lieNamed(name).change)];
  return new FakePlatform({ behaviour: behave(changes), seed: String(seed), autoscaler, clock: context.clock });
}

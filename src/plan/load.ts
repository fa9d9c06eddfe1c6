/** Resolves the load of a plan: every executor becomes stages whose targets are users or arrivals a second. */
import { resolve } from "node:path";
import type { z } from "zod";
import type { ClientPlan, LoadPlan, PodsPlan } from "../plan.ts";
import { parseHosts } from "../std/hosts.ts";
import type { loadSchema } from "./load-schema.ts";
import { isOpenModel } from "./open-model.ts";

type LoadDocument = z.output<typeof loadSchema>;

const RAMP_UP_MS = 5_000;
const ITERATIONS_WITHIN_MS = 600_000;

export function resolveLoad(load: LoadDocument, folder: string): LoadPlan {
  return {
    scenarios: load.scenarios.map(({ file, weight }) => ({ file: resolve(folder, file), weight: weight ?? null })),
    executor: load.executor,
    workers: load.workers,
    gracefulStopMs: load.gracefulStop,
    env: load.env,
    thresholds: load.thresholds,
    ...(load.pods === undefined ? {} : { pods: podsOf(load.pods) }),
    ...clientOf(load),
    ...shapeOf(load),
  };
}

function podsOf({ image, context, namespace, advertise, cpu, memory }: NonNullable<LoadDocument["pods"]>): PodsPlan {
  return {
    ...(image === undefined ? {} : { image }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(advertise === undefined ? {} : { advertise }),
    cpu,
    memory,
  };
}

function clientOf({ http2, hosts, ipFamily, keepBody }: LoadDocument): Pick<LoadPlan, "client"> {
  const client: ClientPlan = {
    ...(http2 === undefined ? {} : { http2 }),
    ...(hosts === undefined ? {} : { hosts: parseHosts(hosts) }),
    ...(ipFamily === undefined ? {} : { family: ipFamily }),
    ...(keepBody === undefined ? {} : { bodyBytesMax: keepBody }),
  };
  return Object.keys(client).length === 0 ? {} : { client };
}

type Shape = Pick<
  LoadPlan,
  "stages" | "startTarget" | "iterations" | "iterationsWithinMs" | "usersMax" | "usersReady" | "holdMs"
>;

function shapeOf(load: LoadDocument): Shape {
  const { executor, vus = 1, duration } = load;
  if (isOpenModel(executor)) return arrivals(load);
  if (executor.endsWith("iterations")) {
    const within = { iterations: load.iterations ?? 1, iterationsWithinMs: load.maxDuration ?? ITERATIONS_WITHIN_MS };
    return { stages: constant(vus), ...within };
  }
  if (executor === "constant-vus")
    return { stages: constant(vus), ...(duration === undefined ? {} : { holdMs: duration }) };
  // With `vus`, the load is one ramp whose first user is present at once. With `stages`, k6's own option gives the start.
  const startTarget = load.startVUs ?? (load.stages === undefined ? 1 : undefined);
  const stages = load.stages ?? [{ duration: load.rampUp ?? RAMP_UP_MS, target: vus }];
  return {
    stages: stages.map((stage) => ({ durationMs: stage.duration, target: stage.target })),
    ...(startTarget === undefined ? {} : { startTarget }),
  };
}

function arrivals({
  rate,
  startRate,
  timeUnit = 1_000,
  stages,
  duration,
  preAllocatedVUs,
  maxVUs,
}: LoadDocument): Shape {
  const perSecond = (count: number) => (count * 1_000) / timeUnit;
  return {
    stages:
      stages?.map((stage) => ({ durationMs: stage.duration, target: perSecond(stage.target) })) ??
      constant(perSecond(rate ?? 0)),
    ...(startRate === undefined ? {} : { startTarget: perSecond(startRate) }),
    ...(duration === undefined ? {} : { holdMs: duration }),
    ...(preAllocatedVUs === undefined ? {} : { usersReady: preAllocatedVUs }),
    ...(maxVUs === undefined ? {} : { usersMax: maxVUs }),
  };
}

/** Returns stages in which all are present at once and held. */
function constant(target: number): LoadPlan["stages"] {
  return [{ durationMs: 0, target }];
}

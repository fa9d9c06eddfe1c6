/** Resolves the load of a plan: every executor becomes stages whose targets are users or arrivals a second. */
import { resolve } from "node:path";
import type { z } from "zod";
import type { ClientPlan, LoadPlan, PodsPlan } from "../plan.ts";
import { parseHosts } from "../std/hosts.ts";
import { executorNamed } from "./executors.ts";
import type { loadSchema } from "./load-schema.ts";

type LoadDocument = z.output<typeof loadSchema>;

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
    ...executorNamed(load.executor).shape(load),
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

/** Makes what all users of a worker share, from its job. */

import type { ScenarioDefinition } from "../../scenario.ts";
import { parseHosts } from "../../std/hosts.ts";
import { networkOf } from "../http/network.ts";
import { sessionSettings } from "../http/session.ts";
import type { UserWorld } from "../user/world.ts";
import type { Job } from "../wire/protocol.ts";

export interface UserWorldParts extends Pick<UserWorld, "clock" | "alarms" | "onOperation" | "onNote"> {
  readonly job: Job;
  readonly definitions: readonly ScenarioDefinition[];
}

export function userWorldOf({ job, definitions, ...rest }: UserWorldParts): UserWorld {
  const client = job.plan.client ?? {};
  const headers = { "User-Agent": "gameday", "x-gameday-run": job.runId };
  const network = networkOf(client, {
    hosts: Object.assign({}, ...definitions.map(({ hosts = {} }) => parseHosts(hosts))),
    firstTurn: job.slot,
    onPassedOver: (says) => rest.onNote(says, says),
  });
  let sequence = 0;
  return {
    ...rest,
    worker: job.worker,
    runId: job.runId,
    seed: job.seed,
    session: sessionSettings(job.baseUrl, network, headers, {
      timeoutMs: client.timeoutMs ?? 10_000,
      redirectsMax: client.redirectsMax ?? 10,
    }),
    http2: client.http2 === true,
    env: job.plan.env,
    nextSequence: () => sequence++,
  };
}

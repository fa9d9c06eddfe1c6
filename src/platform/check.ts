/** The health checks that several platforms make, so that one check has the same id and the same name everywhere. */
import { type HealthLine, SYNC_STANDBY } from "../platform.ts";

/** What a health line is about: its id for code, its name for people. */
export type PlatformCheck = Pick<HealthLine, "id" | "name">;

export const CHECK = {
  nodes: { id: "nodes", name: "nodes" },
  replicas: { id: "replicas/app", name: "app replicas" },
  postgres: { id: "members/postgres", name: "postgres members" },
  syncStandby: { id: SYNC_STANDBY, name: "postgres sync standby" },
  redis: { id: "members/redis", name: "redis members" },
  sentinels: { id: "sentinels/redis", name: "redis sentinels" },
  autoscaler: { id: "autoscaler", name: "autoscaler" },
} as const satisfies Record<string, PlatformCheck>;

/** Returns one line of a health check. */
export function line(check: PlatformCheck, ok: boolean, expected: string, seen: string): HealthLine {
  return { ...check, ok, expected, seen };
}

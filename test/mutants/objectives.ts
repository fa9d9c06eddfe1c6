/** Common objectives for such a platform, for the plans of the mutants. */
import type { Objective } from "../../src/plan.ts";
import type { DrillName } from "../simulator/drill.ts";

export function recovers(drill: DrillName, underSeconds = 15): Objective {
  return {
    id: `recovers ${drill}`,
    says: `users are served again within ${underSeconds} s of ${drill}`,
    measure: "recovery-seconds",
    bound: { under: underSeconds },
    over: { experiment: drill },
  };
}

/** Redundancy is restored after the fault. */
export function whole(drill: DrillName): Objective {
  return {
    id: `whole after ${drill}`,
    says: `all members are in their place after ${drill}`,
    measure: "health-checks-unmet",
    bound: { atMost: 0 },
    over: { experiment: drill },
  };
}

function plain(
  id: string,
  says: string,
  measure: string,
  bound: Objective["bound"],
  over: Objective["over"] = {},
): Objective {
  return { id, says, measure, bound, over };
}

export const nothingLost = plain("nothing lost", "no acknowledged write is lost", "lost-writes", { atMost: 0 });
export const nothingTwice = plain("nothing twice", "no order is there twice", "duplicated-writes", { atMost: 0 });
export const available = plain(
  "available",
  "99 % of requests succeed outside the fault windows",
  "availability-percent",
  { atLeast: 99 },
);
export const quick = plain(
  "quick",
  "95 % of requests take less than 150 ms outside the fault windows",
  "http_req_duration-p95-ms",
  { under: 150 },
  { window: "outside" },
);
export const noBlips = plain(
  "no blips",
  "no outage begins outside the fault windows",
  "outages",
  { atMost: 0 },
  { window: "outside" },
);
export const noCrashes = plain("no crashes", "nothing restarts by itself", "unexpected-restarts", { atMost: 0 });
export const noDrift = plain("no drift", "p95 rises by less than half over the run", "p95-drift-percent", {
  under: 50,
});
export const noLeak = plain(
  "no leak",
  "memory grows by less than half an hour",
  "slope-percent-per-hour",
  { under: 50 },
  { series: "memory/" },
);

export function pointWithin(drill: DrillName, seconds: number): Objective {
  return plain(
    `point ${drill}`,
    `at most ${seconds} s of writes are lost by ${drill}`,
    "rpo-seconds",
    { under: seconds },
    { experiment: drill },
  );
}

/** Returns the objectives of every run of a mutant or look-alike. */
export function usual(...drills: readonly DrillName[]): Objective[] {
  return [
    ...drills.map((drill) => recovers(drill)),
    ...drills.map(whole),
    nothingLost,
    nothingTwice,
    available,
    quick,
    noBlips,
    noCrashes,
  ];
}

export const SCALING = {
  up: plain(
    "up",
    "10 replicas are ready within 100 s of the load",
    "replicas-ready-seconds",
    { under: 100 },
    { replicas: "10" },
  ),
  down: plain(
    "down",
    "3 replicas are left within 90 s of the end of the load",
    "replicas-back-seconds",
    { under: 90 },
    { replicas: "3" },
  ),
  steady: plain("steady", "up once and down once", "scaling-direction-changes", { atMost: 1 }),
  explained: plain("explained", "every decision follows from its sample", "autoscaler-mismatches", { atMost: 0 }),
  capacity: plain("capacity", "what is wanted is ready soon", "seconds-desired-above-ready", { under: 40 }),
  quick: plain("quick while scaling", "95 % of requests take less than 2 s", "http_req_duration-p95-ms", {
    under: 2000,
  }),
} as const;

/** The unchanged shop on a sound lab, or with changes that only look broken: none of it may be flagged. */
import {
  A_MINUTE,
  databaseDies,
  leaderCut,
  masterCut,
  masterDies,
  nodeDrained,
  noLeak,
  nothingLost,
  nothingTwice,
  type Part,
  PRICES_SCENARIO,
  recovers,
  replicaFrozen,
  replicasDie,
  row,
  TILL_SCENARIO,
} from "./lab-row.ts";
import { RETRYING_PROXY } from "./lab-shops.ts";
import type { LabClaim, LabRow } from "./row.ts";

const BOOKS: readonly LabClaim[] = ["orders", "carts", "sessions", "tills", "stock"];

function healthy(name: string, experiment: Part, under: number, given: Partial<LabRow> & Pick<LabRow, "says">): LabRow {
  const objectives = [nothingLost, nothingTwice, recovers(experiment, under)];
  return row(`healthy, ${name}`, {
    kind: "healthy",
    experiments: [experiment],
    claims: BOOKS,
    objectives,
    expected: null,
    ...given,
  });
}

export const LAB_HEALTHY: readonly LabRow[] = [
  healthy("database dies", databaseDies, 15, { says: "the shop as it is, through the death of the database leader" }),
  healthy("master dies", masterDies, 15, { says: "and of the Redis master" }),
  healthy("replicas die", replicasDie, 2, { says: "two of three replicas die at once, sessions and baskets live on" }),
  healthy("leader cut off", leaderCut, 30, {
    says: "synchronous replication, clients on both sides: writes that hung there and never committed",
  }),
  healthy("master cut off", masterCut, 15, {
    says: "min-replicas-to-write and WAIT, clients on both sides: writes that the old master took and told nobody",
  }),
  healthy("node drained", nodeDrained, 30, { says: "a drain that waits for its budget and finishes" }),
  healthy("writes sent again", replicaFrozen, 5, {
    says: "the proxy sends a POST again, the thawed replica does it too: the same id, one row",
    sections: RETRYING_PROXY,
  }),
  healthy("one till", replicasDie, 2, {
    says: "everybody at one till, replicas die: the counter between sum(ok) and sum(ok) + sum(unknown)",
    scenarios: [TILL_SCENARIO],
    claims: ["tills"],
    objectives: [recovers(replicasDie, 2)],
  }),
  row("healthy, no leak", {
    kind: "healthy",
    says: "memory that grows while code is compiled and pools fill is no leak",
    experiments: [],
    claims: ["orders"],
    objectives: [nothingLost, noLeak],
    more: A_MINUTE,
    expected: null,
  }),
  healthy("prices", replicasDie, 2, {
    says: "prices set and read by many while replicas die",
    scenarios: [PRICES_SCENARIO],
    claims: ["prices"],
    objectives: [recovers(replicasDie, 2)],
  }),
];

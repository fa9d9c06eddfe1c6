/** Drains a node of the fake: its replicas move elsewhere, with or without a disruption budget. */
import type { Replica } from "./fleet.ts";
import { NODES, type Site } from "./site.ts";

const GRACE_MS = 400;
const LOOK_AGAIN_MS = 200;

/** Evicts all replicas of the node and calls `done` when none is left there. A blocked eviction never completes. */
export function evict(site: Site, node: string, done: () => void): void {
  const { evicts } = site.behaviour.drain;
  if (evicts === "never") return;
  if (evicts === "one") {
    evictNext(site, node, done);
    return;
  }
  for (const replica of replicasOn(site, node)) move(site, replica);
  done();
}

/** Evicts one replica at a time: the next only when as many replicas are ready as are wanted. */
function evictNext(site: Site, node: string, done: () => void): void {
  const [next] = replicasOn(site, node);
  if (next === undefined) {
    done();
    return;
  }
  if (site.fleet.ready >= site.behaviour.app.replicas) {
    const replacement = site.fleet.grow(allowedNodes(site), true);
    whenReady(site, replacement, () => {
      site.fleet.remove(next);
      site.agenda.after(GRACE_MS, () => evictNext(site, node, done));
    });
    return;
  }
  site.agenda.after(LOOK_AGAIN_MS, () => evictNext(site, node, done));
}

function whenReady(site: Site, replica: Replica, then: () => void): void {
  if (replica.ready) {
    then();
    return;
  }
  site.agenda.after(LOOK_AGAIN_MS, () => whenReady(site, replica, then));
}

function move(site: Site, replica: Replica): void {
  site.fleet.remove(replica);
  site.fleet.grow(allowedNodes(site), true);
}

function allowedNodes(site: Site): string[] {
  return NODES.filter((node) => !site.cordoned.has(node));
}

function replicasOn(site: Site, node: string): Replica[] {
  return site.fleet.replicas.filter((replica) => replica.node === node);
}

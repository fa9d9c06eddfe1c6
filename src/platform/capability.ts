/**
 * What each capability does and which parameters its changes carry: the contract between fault kinds and platforms. Times are in
 * milliseconds, sizes in megabytes, shares in percent. A platform may rely on every listed parameter being present (fault/kind/
 * supplies them all). It must refuse a value that it cannot carry out rather than do something else.
 */
import type { CapabilityName } from "../platform.ts";

export interface CapabilityContract {
  readonly says: string;
  /** What revert() restores. */
  readonly undo: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The change affects everything on the target's node, not only the target, because they share what is changed. */
  readonly reachesNode?: true;
}

const PEERS =
  'list of node names whose traffic with the target is touched, and no other; "outside" for all that is on no node (proxy, etcd, clients); empty: everybody';

export const CAPABILITY_CONTRACTS: Readonly<Record<CapabilityName, CapabilityContract>> = {
  stop: {
    says: "Kills all processes of the target at once (a database member together with its supervisor).",
    undo: "lets it be started again, and starts it where nobody else does",
    parameters: {
      stayDown: "true: nothing may start it again until the change is reverted; false: whoever supervises it may",
      signal: '"KILL" or "TERM"',
    },
  },
  freeze: {
    says: "Stops all processes of the target from running without ending them.",
    undo: "thaws",
    parameters: {},
  },
  power: { says: "Ends a node and everything on it at once; its disk stays.", undo: "boots it", parameters: {} },
  cordon: {
    says: "Lets nothing new be placed on a node.",
    undo: "as it was: a node that was already cordoned stays so",
    parameters: {},
  },
  evict: {
    says: "Asks everything that may move away from a node to go, within its disruption budgets.",
    undo: "nothing; uncordon brings work back",
    parameters: { graceMs: "time that each evicted process gets to end", withinMs: "when to give up" },
  },
  cut: {
    says: "Lets no packet pass between a node and others.",
    undo: "takes our rules away",
    parameters: {
      direction: '"both", "in" (the target hears nothing) or "out" (the target is not heard)',
      peers: PEERS,
      how: '"drop" (silence), "reject" (an answer that says no) or "link" (the network card goes down; needs both, everybody)',
    },
  },
  delay: {
    says: "Makes every packet of a node late.",
    undo: "takes the delay away",
    parameters: { latencyMs: "each way", jitterMs: "at most this much more or less, evenly spread", peers: PEERS },
  },
  drop: {
    says: "Loses a share of a node's packets.",
    undo: "loses none",
    parameters: { percent: "lost", peers: PEERS },
  },
  bandwidth: {
    says: "Narrows a node's network card, both ways.",
    undo: "as it was",
    parameters: { kilobitsPerSecond: "limit each way, for all peers together", peers: PEERS },
  },
  reset: {
    says: "Answers a share of the target's TCP segments with a reset, connections that exist included.",
    undo: "takes our rules away",
    parameters: { percent: "of segments", peers: PEERS },
  },
  dns: {
    says: "Spoils name resolution on a node.",
    undo: "as it was",
    parameters: { how: '"refuse" (answers that there is no such name) or "silence" (no answer)' },
  },
  cpu: { says: "Leaves the target a share of one CPU.", undo: "as it was", parameters: { leavePercent: "of one CPU" } },
  memory: {
    says: "Takes memory from the target until little is left.",
    undo: "gives it back",
    parameters: { leaveMegabytes: "left free under the target's limit" },
  },
  disk: {
    says: "Fills the disk that the target's data is on.",
    undo: "deletes our filler",
    reachesNode: true,
    parameters: { leaveMegabytes: "left free; 0: nothing" },
  },
  clock: {
    says: "Moves the target's clock; may restart the target for it.",
    undo: "as it was",
    parameters: { offsetMs: "ahead; negative: behind" },
  },
  restart: {
    says: "Ends the target with SIGTERM and, after a grace, SIGKILL, and starts it again.",
    undo: "nothing but to see that it runs",
    parameters: { graceMs: "before SIGKILL" },
  },
  command: {
    says: "Runs the plan's own commands, in the plan's folder (`folder`, which the run adds).",
    undo: "runs `heal`",
    parameters: {
      check: "argv that exits 0 while all is well; [] for none",
      inject: "argv that breaks it",
      verify: "argv that exits 0 once it is broken; its first line is the witness",
      heal: "argv that mends it; must be harmless when nothing is broken",
      deadlineMs: "for each of them",
    },
  },
};

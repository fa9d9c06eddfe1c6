/**
 * What each capability does and which parameters its changes carry: the contract between fault kinds and platforms. Times are in
 * milliseconds, sizes in megabytes, shares in percent. A platform may rely on every listed parameter: an injection refuses a change
 * whose parameters do not fit the schema. A platform must refuse a value that it cannot carry out rather than do something else.
 */
import { z } from "zod";

interface CapabilityContract {
  readonly says: string;
  /** What revert() restores. */
  readonly undo: string;
  readonly parameters: z.ZodObject;
  /** The change affects everything on the target's node, not only the target, because they share what is changed. */
  readonly reachesNode?: true;
  /** The change takes a leader away, so that the platform has to notice its absence before it can elect another. */
  readonly takesAway?: true;
}

const milliseconds = (says: string) => z.number().describe(says);
const percent = (says: string) => z.number().min(0).max(100).describe(says);
const megabytes = (says: string) => z.number().min(0).describe(says);
const argv = (says: string) => z.array(z.string()).describe(says);
const peers = () =>
  z
    .array(z.string())
    .describe(
      'names of the nodes whose traffic with the target is affected, and no other; "outside" for everything that runs on no node (proxy, etcd, clients); if empty, all traffic',
    );

/** The contracts, by name. A platform implements those that it supports. Add new ones; never widen an existing one. */
export const CAPABILITY_CONTRACTS = {
  stop: {
    says: "Kills all processes of the target at once (a database member together with its supervisor).",
    undo: "lets it be started again, and starts it if nothing else does",
    takesAway: true,
    parameters: z.strictObject({
      stayDown: z
        .boolean()
        .describe("if true, nothing may start it again until the change is reverted; if false, its supervisor may"),
      signal: z.enum(["KILL", "TERM"]).describe("how its processes are ended"),
    }),
  },
  freeze: {
    says: "Suspends all processes of the target without ending them.",
    undo: "thaws",
    takesAway: true,
    parameters: z.strictObject({}),
  },
  power: {
    says: "Ends a node and everything on it at once; its disk stays.",
    undo: "boots it",
    takesAway: true,
    parameters: z.strictObject({}),
  },
  cordon: {
    says: "Stops new work from being placed on a node.",
    undo: "restores the earlier state: a node that was already cordoned stays so",
    parameters: z.strictObject({}),
  },
  evict: {
    says: "Evicts everything that may be moved from a node, within its disruption budgets.",
    undo: "does nothing; uncordon brings work back",
    parameters: z.strictObject({
      graceMs: milliseconds("time that each evicted process has to end"),
      withinMs: milliseconds("time after which eviction is given up"),
    }),
  },
  cut: {
    says: "Blocks all packets between a node and others.",
    undo: "removes our rules",
    takesAway: true,
    parameters: z.strictObject({
      direction: z
        .enum(["both", "in", "out"])
        .describe("in: the target receives nothing; out: nothing that it sends arrives"),
      peers: peers(),
      how: z
        .enum(["drop", "reject", "link"])
        .describe(
          "drop: no answer; reject: an answer that refuses; link: the network interface goes down (needs both, and no peers)",
        ),
    }),
  },
  delay: {
    says: "Delays every packet of a node.",
    undo: "removes the delay",
    parameters: z.strictObject({
      latencyMs: milliseconds("in each direction"),
      jitterMs: milliseconds("variation by at most this much in either direction, uniformly distributed"),
      peers: peers(),
    }),
  },
  drop: {
    says: "Drops a share of a node's packets.",
    undo: "removes our rules",
    parameters: z.strictObject({ percent: percent("lost"), peers: peers() }),
  },
  bandwidth: {
    says: "Limits the bandwidth of a node's network interface, in both directions.",
    undo: "removes the limit",
    parameters: z.strictObject({
      kilobitsPerSecond: z.number().describe("limit in each direction, for all peers together"),
      peers: peers(),
    }),
  },
  reset: {
    says: "Answers a share of the target's TCP segments with a reset, including those of existing connections.",
    undo: "removes our rules",
    parameters: z.strictObject({ percent: percent("of segments"), peers: peers() }),
  },
  dns: {
    says: "Breaks name resolution on a node.",
    undo: "restores it",
    parameters: z.strictObject({
      how: z.enum(["refuse", "silence"]).describe("refuse: answers that the name does not exist; silence: no answer"),
    }),
  },
  cpu: {
    says: "Limits the target to a share of one CPU.",
    undo: "removes the limit",
    parameters: z.strictObject({ leavePercent: percent("of one CPU") }),
  },
  memory: {
    says: "Takes memory from the target until little is left.",
    undo: "returns it",
    parameters: z.strictObject({ leaveMegabytes: megabytes("left free under the target's limit") }),
  },
  disk: {
    says: "Fills the disk that holds the target's data.",
    undo: "deletes our filler",
    reachesNode: true,
    parameters: z.strictObject({ leaveMegabytes: megabytes("left free; 0 leaves nothing") }),
  },
  clock: {
    says: "Moves the target's clock; may restart the target for it.",
    undo: "restores it",
    parameters: z.strictObject({ offsetMs: milliseconds("forward; a negative value moves it back") }),
  },
  restart: {
    says: "Ends the target with SIGTERM and, after a grace, SIGKILL, and starts it again.",
    undo: "only checks that it runs",
    parameters: z.strictObject({ graceMs: milliseconds("before SIGKILL") }),
  },
  command: {
    says: "Runs the plan's own commands.",
    undo: "runs `heal`",
    parameters: z.strictObject({
      check: argv("exits 0 while all is well; [] for none"),
      inject: argv("breaks it"),
      verify: argv("exits 0 once it is broken; its first line is the witness"),
      heal: argv("repairs it; must be harmless when nothing is broken"),
      deadlineMs: milliseconds("for each of them"),
      folder: z.string().exactOptional().describe("where they run: the plan's folder, which the run adds"),
    }),
  },
} as const satisfies Readonly<Record<string, CapabilityContract>>;

export type CapabilityName = keyof typeof CAPABILITY_CONTRACTS;

/** The names of all capabilities, in the order of the documentation. */
export const CAPABILITIES = Object.keys(CAPABILITY_CONTRACTS) as readonly CapabilityName[];

/** The parameters of a capability's changes. */
export type CapabilityParameters<Name extends CapabilityName> = Readonly<
  z.infer<(typeof CAPABILITY_CONTRACTS)[Name]["parameters"]>
>;

/** Returns the contract of a capability without the types of its parameters, for code that is the same for all. */
export function contractOf(name: CapabilityName): CapabilityContract {
  return CAPABILITY_CONTRACTS[name];
}

/** Describes the parameters of a capability for those who write a platform: name, type and meaning. */
export function describeParameters(name: CapabilityName): string[] {
  return Object.entries(contractOf(name).parameters.shape).map(([parameter, schema]) => {
    const { type, says } = typeOf(schema as z.ZodType);
    return `\`${parameter}\` (${type}): ${says}`;
  });
}

function typeOf(schema: z.ZodType): { readonly type: string; readonly says: string } {
  if (schema instanceof z.ZodExactOptional)
    return { ...typeOf(schema.unwrap() as z.ZodType), says: schema.description ?? "" };
  return { type: TYPES[schema.type] ?? wordsOf(schema), says: schema.description ?? "" };
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: "true or false",
  number: "number",
  string: "text",
  array: "list of texts",
};

function wordsOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((one) => `"${one}"`).join(" or ");
  throw new Error(`expected a type that has a name for people, got ${schema.type}`);
}

/** The names by which everything of ours in a cluster is found again, no matter which process has died. Pure. */
import { createHash } from "node:crypto";

/** With this label, set to "true", the owner of a namespace consents to game days. */
export const ALLOWED_LABEL = "gameday/allowed";
/** Marks a node that we cordoned with the run's id: only nodes that carry it are ours to undo. */
export const CORDONED_BY = "gameday/cordoned-by";
/** The label on all objects that we create. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "gameday" } as const;

/** Returns twelve characters that identify a run or a change where a name must be short: labels, containers, nft tables. */
export function shortName(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/** Returns the name of a change's nft table. `gameday heal` finds all tables with this prefix. */
export function tableName(changeId: string): string {
  return `${TABLE_PREFIX}${shortName(changeId)}`;
}

/** Returns the name of a change's NetworkPolicy. */
export function policyName(changeId: string): string {
  return `gameday-${shortName(changeId)}`;
}

/** All labels of ours on pods of somebody else begin with this. */
export const CUT_LABEL_PREFIX = "gameday/cut-";

/** Returns the label by which a change's NetworkPolicy finds its pods. Without the policy it does nothing. */
export function cutLabel(changeId: string): string {
  return `${CUT_LABEL_PREFIX}${shortName(changeId)}`;
}

/** The name of the reaper's Deployment. */
export const REAPER = "gameday-reaper";
export const TABLE_PREFIX = "gameday_";
/** The prefix of our ephemeral containers; these can never be removed from their pod. */
export const CONTAINER_PREFIX = "gameday-";

/**
 * Returns the run that a change belongs to: the first part of its id. The change may be undone by another run, or outside any
 * run.
 */
export function runOf({ id }: { readonly id: string }): string {
  return id.split("/", 1)[0] ?? id;
}

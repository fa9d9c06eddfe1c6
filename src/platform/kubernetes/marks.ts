/** The names by which everything of ours in a cluster is found again, whoever died meanwhile. Pure. */
import { createHash } from "node:crypto";

/** The owner of a namespace consents to game days by this label with the value "true". */
export const ALLOWED_LABEL = "gameday/allowed";
/** On a node that we cordoned, with the run's id: only what carries it is ours to undo. */
export const CORDONED_BY = "gameday/cordoned-by";
/** On all objects that we make. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "gameday" } as const;

/** Twelve characters that stand for a run or a change wherever a name must be short: labels, containers, nft tables. */
export function shortName(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/** The nft table of a change. `gameday heal` finds all that begin so. */
export function tableName(changeId: string): string {
  return `${TABLE_PREFIX}${shortName(changeId)}`;
}

export const TABLE_PREFIX = "gameday_";
/** Ephemeral containers of ours begin so; they can never be taken off their pod again. */
export const CONTAINER_PREFIX = "gameday-";

/** The run that a change belongs to: the first part of its id. Whoever undoes it later may be another run, or none. */
export function runOf({ id }: { readonly id: string }): string {
  return id.split("/", 1)[0] ?? id;
}

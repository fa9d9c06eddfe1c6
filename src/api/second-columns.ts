/**
 * The names of the figures of one second, in the order of the CSV. They stand apart from the schemas, because the page imports them and
 * must not load zod.
 */
export const SECOND_COLUMNS = [
  "ok",
  "failed",
  "p50Ms",
  "p95Ms",
  "p99Ms",
  "users",
  "usersIntended",
  "dropped",
  "replicasReady",
  "replicasWanted",
] as const;
export type SecondColumn = (typeof SECOND_COLUMNS)[number];

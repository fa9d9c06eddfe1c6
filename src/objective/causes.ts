/** Likely causes of a missed objective, by measure: a small written table, so that a person knows where to look first. */
const CAUSES: readonly { readonly measure: RegExp; readonly causes: readonly string[] }[] = [
  {
    measure: /^recovery-seconds$/,
    causes: [
      "failure detection is slow: ttl and loop_wait of the cluster manager, down-after of the sentinels, interval x fall of the proxy's checks add up",
      "a connection pool or a cached address still points at the old leader (kept connections fail while fresh ones work)",
      "no standby could be promoted: synchronous standby missing, or no quorum",
    ],
  },
  {
    measure: /^(lost-writes|rpo-seconds)$/,
    causes: [
      "asynchronous replication: the leader acknowledged before a standby had the write",
      "clients on the minority side of a partition were still answered by the old leader",
      "the app answers before its transaction has committed",
    ],
  },
  {
    measure: /^duplicated-writes$/,
    causes: ["the app or a proxy repeats writes without an idempotency key"],
  },
];

export function likelyCauses(measure: string): readonly string[] {
  return CAUSES.find((row) => row.measure.test(measure))?.causes ?? [];
}

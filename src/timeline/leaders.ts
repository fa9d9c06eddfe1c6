/** The members that led each role, with their spans: those that took the writes, from the changes of roles that a platform reports. */
import type { EventOf } from "./story.ts";

/** The names that platforms give to the member of a group that takes the writes. */
export const LEADING: ReadonlySet<string> = new Set(["leader", "master", "primary"]);

export interface LeaderSpan {
  readonly target: string;
  readonly fromMs: number;
  /** Null while it leads. */
  readonly toMs: number | null;
}

/** The leaders of one role in order of time; where no span is, nobody led, or nobody knows. */
export interface RoleLeaders {
  readonly role: string;
  readonly spans: readonly LeaderSpan[];
}

/** Returns the leaders of each role that ever had one, sorted by role. A successor ends the span of its predecessor. */
export function leadersOf(roles: readonly EventOf<"role">[]): RoleLeaders[] {
  const byRole = new Map<string, LeaderSpan[]>();
  for (const { role, target, is, atMs } of roles) {
    const spans = byRole.get(role) ?? [];
    const open = spans.at(-1);
    const leads = LEADING.has(is);
    const isLed = open !== undefined && open.toMs === null;
    if (!leads && (!isLed || open.target !== target)) continue;
    if (leads && isLed && open.target === target) continue;
    if (isLed) spans[spans.length - 1] = { ...open, toMs: atMs };
    if (leads) spans.push({ target, fromMs: atMs, toMs: null });
    byRole.set(role, spans);
  }
  return [...byRole].map(([role, spans]) => ({ role, spans })).sort((a, b) => (a.role < b.role ? -1 : 1));
}

/** Returns who led a role at a moment; null if nobody did. */
export function leaderAt({ spans }: RoleLeaders, atMs: number): string | null {
  return (
    spans.findLast(({ fromMs, toMs }) => fromMs <= atMs && atMs < (toMs ?? Number.POSITIVE_INFINITY))?.target ?? null
  );
}

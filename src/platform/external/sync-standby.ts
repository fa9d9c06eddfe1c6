/** Derives the health line on PostgreSQL's synchronous standby from what its leader reports. Pure, but for what it remembers. */
import type { HealthLine } from "../../platform.ts";
import { CHECK, line } from "../check.ts";
import type { Standbys } from "./member.ts";

export class SyncStandbyCheck {
  /**
   * Whether a leader was ever seen to demand a synchronous standby. Patroni empties the setting when no standby is left, so an
   * empty setting later on means that the standby is missing, not that none is wanted.
   */
  #demanded = false;

  /**
   * Returns the line; none if no leader has demanded a synchronous standby so far. `leader` is what the current leader reports;
   * undefined: no leader answered.
   */
  lines(leader: Standbys | undefined): HealthLine[] {
    this.#demanded ||= leader?.demanded === true;
    if (!this.#demanded) return [];
    const { ok, seen } = judge(leader);
    return [line(CHECK.syncStandby, ok, "1 sync standby", seen)];
  }
}

function judge(leader: Standbys | undefined): { readonly ok: boolean; readonly seen: string } {
  if (leader === undefined) return { ok: false, seen: "no leader answered" };
  if (leader.synchronous > 0) return { ok: true, seen: String(leader.synchronous) };
  return leader.demanded && leader.hidden > 0
    ? { ok: true, seen: `not known: the leader shows ${leader.hidden} standbys only to members of pg_monitor` }
    : { ok: false, seen: "none" };
}

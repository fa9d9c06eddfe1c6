/** What earlier runs left behind by their journals, and its healing by `gameday heal`. */
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { World } from "../../cli.ts";
import { listening } from "../../control/registry.ts";
import type { ResidueFound, ResidueHealed } from "../../dashboard.ts";
import { openJournals } from "../../journal/read.ts";
import type { JournalContent } from "../../journal.ts";
import { askHolders } from "../../run/lock.ts";
import { tryExec } from "../../std/exec.ts";

const HEAL_MS_MAX = 30 * 60_000;

/** Lists what the journals hold open. The faults of a run in progress are its own, and are no residue. */
export async function findResidue(stateFolder: string): Promise<ResidueFound> {
  const [holders, listeners] = await Promise.all([askHolders("run"), listening(stateFolder)]);
  const running = [...new Set([...holders, ...listeners].map(({ runId }) => runId))];
  const journals = await openJournals(join(stateFolder, "journal"));
  const left = journals.filter(({ header }) => header === null || !running.includes(header.runId));
  return { found: left.flatMap(residueOf), running };
}

/** A change was made before the last line of its journal was written: since then at the latest it stands. */
function residueOf({ path, header, open, flaws }: JournalContent): ResidueFound["found"] {
  const since = statSync(path, { throwIfNoEntry: false })?.mtime.toISOString() ?? null;
  const shared = { since, byHand: "gameday heal" };
  if (open.length === 0)
    return flaws.map((flaw) => ({ what: `a journal that cannot be read: ${flaw}`, where: basename(path), ...shared }));
  const run = header?.runId ?? "unknown";
  return open.map(({ change: { capability, target } }) => ({
    what: `${capability} of ${target.id} by run ${run}`,
    where: target.node,
    ...shared,
  }));
}

export async function healResidue(world: World): Promise<ResidueHealed> {
  const { stdout, tail } = await tryExec([...world.self, "heal", "--json"], { deadlineMs: HEAL_MS_MAX });
  try {
    const report = JSON.parse(stdout) as {
      readonly changes: readonly {
        runId: string;
        capability: string;
        target: string;
        healed: boolean;
        because: string;
      }[];
      readonly residue: readonly { what: string; where: string }[];
    };
    const says = report.changes.map(
      ({ runId, capability, target, healed, because }) =>
        `${runId}: ${capability} of ${target}: ${healed ? "healed" : because}`,
    );
    return {
      says: says.length === 0 ? ["nothing to heal"] : says,
      residue: report.residue.map((one) => ({ ...one, since: null, byHand: "gameday heal" })),
    };
  } catch {
    throw new Error(`gameday heal printed something that is not JSON: ${tail}`);
  }
}

/**
 * disk: a file of ours fills the node's disk (a tmpfs of a known size) except for the space to be left; reverting deletes the
 * file.
 */
import type { Capability, Change } from "../../../platform.ts";
import { diskOf } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";
import { tableOf } from "./cut.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

const MEGABYTE = 1 << 20;

export function diskCapability(lab: Lab): Capability<"disk"> {
  const run = (argv: string[], signal: AbortSignal) => lab.space.switch.tryRun({ argv, deadlineMs: 20_000 }, signal);
  const freeBytes = async (change: Pick<Change, "target">, signal: AbortSignal) => {
    const disk = diskOf(demandNode(change.target.node));
    return parseFree((await run(["df", "--output=avail", "-B1", disk], signal)).stdout);
  };
  return {
    async prior(target, _parameters, signal) {
      return { freeBytes: await freeBytes({ target }, signal) };
    },
    /** Writes zeros, because a file that is only allocated may not take up space on a tmpfs. */
    async apply(change, signal) {
      const fillBytes = (await freeBytes(change, signal)) - leftBytes(change);
      if (fillBytes <= 0) return;
      const size = ["bs=1M", "iflag=count_bytes", `count=${fillBytes}`];
      await run(["dd", "if=/dev/zero", `of=${fillerOf(change)}`, "status=none", ...size], signal);
    },
    async bitten(change, signal) {
      const free = await freeBytes(change, signal);
      if (free > leftBytes(change) + MEGABYTE) return null;
      return witness(lab, change.target, `${free} bytes are free on the disk of ${change.target.node}`, "df");
    },
    async revert(change, signal) {
      await run(["rm", "-f", fillerOf(change)], signal);
    },
    async healed(change, signal) {
      if ((await run(["test", "-e", fillerOf(change)], signal)).code === 0) return null;
      const seen = await inPlace(lab, change.target, signal);
      const free = await freeBytes(change, signal);
      return seen === null ? null : witness(lab, change.target, `${free} bytes are free again; ${seen}`);
    },
  };
}

/** Parses "Avail" and a number of bytes, as df prints them. */
export function parseFree(text: string): number {
  const free = Number(text.trim().split("\n").at(-1));
  if (text.trim() === "" || Number.isNaN(free)) throw new RangeError(`expected bytes from df, got "${text.trim()}"`);
  return free;
}

function leftBytes(change: Change<"disk">): number {
  return change.parameters.leaveMegabytes * MEGABYTE;
}

function fillerOf(change: Change<"disk">): string {
  return `${diskOf(demandNode(change.target.node))}/${tableOf(change)}.filler`;
}

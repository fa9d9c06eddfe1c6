/**
 * A process of ours (deploy/hold.c) that holds something of a pod until its time is over or until it is killed. It runs in our tools
 * container and keeps its process id there under the name of its change, so that any later process of ours can end it.
 */
import type { ExecOutcome } from "../../../kubernetes.ts";
import type { Change } from "../../../platform.ts";
import { shortName } from "../marks.ts";
import type { PodObject } from "../objects.ts";
import type { Parts } from "../parts.ts";
import { containerOf, roleOf } from "../roles.ts";
import type { ToolsKind } from "../tools.ts";

/** A change without its own expiry is bounded as well. */
const SECONDS_MAX = 3600;
/** Tenths of a second in which the process reports that it holds; taking much memory takes a while. */
const REPORT_TENTHS_MAX = 80;

/** All of our processes in a tools container; the files are named after changes. */
export const END_ALL_HELD =
  "for f in /tmp/*.held; do [ -e $f ] || continue; kill $(cat $f) 2>/dev/null; rm -f $f; done; true";

/** Returns after how many seconds a change must end by itself. */
export function secondsOf({ expiresAfterMs }: Pick<Change, "expiresAfterMs">): number {
  return Math.min(SECONDS_MAX, Math.ceil((expiresAfterMs ?? SECONDS_MAX * 1000) / 1000));
}

/** Returns the tools that share the processes of the container of the pod's role. */
export function besideRole({ config }: Pick<Parts, "config">, pod: PodObject): ToolsKind {
  return { is: "process", container: containerOf(config, roleOf(config, pod) ?? "", pod) };
}

/** Starts `hold` with these words; returns what it said against it, or null once it holds. */
export async function startHolding(
  parts: Parts,
  pod: PodObject,
  { change, words }: { readonly change: Pick<Change, "id">; readonly words: string },
  signal: AbortSignal,
): Promise<string | null> {
  const [file, log] = filesOf(change);
  const start = `hold ${words} >${log} 2>&1 </dev/null & echo $! >${file}`;
  const reports = `grep -q . ${log} || ! [ -e /proc/$(cat ${file}) ]`;
  const wait = `i=0; until ${reports} || [ $i -ge ${REPORT_TENTHS_MAX} ]; do i=$((i+1)); sleep 0.1; done`;
  const { code, stderr } = await run(
    parts,
    pod,
    `${start}; ${wait}; grep '^held' ${log} || { cat ${log} >&2; exit 1; }`,
    signal,
  );
  return code === 0 ? null : stderr.trim() || "it ended before it held anything";
}

/** Prints files of the process that holds: "status", "stat". Returns null when there is none. */
export async function readHolding(
  parts: Parts,
  pod: PodObject,
  { change, files }: { readonly change: Pick<Change, "id">; readonly files: string },
  signal: AbortSignal,
): Promise<string | null> {
  if (!parts.tools.has(pod, besideRole(parts, pod))) return null;
  const [file] = filesOf(change);
  const { code, stdout } = await run(parts, pod, `[ -e ${file} ] && cd /proc/$(cat ${file}) && cat ${files}`, signal);
  return code === 0 ? stdout : null;
}

/** Ends the process; harmless when there is none. */
export async function stopHolding(
  parts: Parts,
  pod: PodObject,
  change: Pick<Change, "id">,
  signal: AbortSignal,
): Promise<void> {
  if (!parts.tools.has(pod, besideRole(parts, pod))) return;
  const [file] = filesOf(change);
  await run(parts, pod, `[ -e ${file} ] && kill $(cat ${file}) 2>/dev/null; rm -f ${file}`, signal);
}

/** Runs a script of ours beside the processes of the pod's role. */
export function run(parts: Parts, pod: PodObject, script: string, signal: AbortSignal): Promise<ExecOutcome> {
  return parts.tools.exec(pod, besideRole(parts, pod), ["sh", "-c", script], { signal });
}

/** Returns where the process id and the output are. */
function filesOf({ id }: Pick<Change, "id">): readonly [file: string, log: string] {
  return [`/tmp/${shortName(id)}.held`, `/tmp/${shortName(id)}.log`];
}

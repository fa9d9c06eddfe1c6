/** Copies the logs of the platform's pods around the run to the run folder, one file for each container. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../std/errors.ts";
import { lookAt, type Parts } from "./parts.ts";

/** The most lines that are kept of a container's log, counted from its end. */
const LINES_MAX = 20_000;

/**
 * Writes `<folder>/<pod>.<container>.log`, and `.previous.log` for a container that was restarted. Does not throw when a single
 * log cannot be read.
 */
export async function copyLogs(parts: Parts, folder: string, sinceTime: string, signal: AbortSignal): Promise<void> {
  const { pods } = await lookAt(parts, signal);
  await mkdir(folder, { recursive: true });
  for (const pod of Object.values(pods).flat()) {
    for (const { name: container, restartCount = 0 } of pod.status?.containerStatuses ?? []) {
      const place = { namespace: parts.config.namespace, pod: pod.metadata.name };
      const write = async (previous: boolean) => {
        const options = { container, sinceTime, lines: LINES_MAX, timestamps: true, previous };
        const text = await parts.api
          .logOf(place, options, signal)
          .catch((thrown) => `not read: ${messageOf(thrown)}\n`);
        const name = `${pod.metadata.name}.${container}${previous ? ".previous" : ""}.log`;
        if (text !== "") await writeFile(join(folder, name), text);
      };
      await write(false);
      if (restartCount > 0) await write(true);
    }
  }
}

/** The logs of the platform's pods around the run, a file for each container, for the run folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../std/errors.ts";
import { lookAt, type Parts } from "./parts.ts";

/** What a container without end would print is cut at so many of its last lines. */
const LINES_MAX = 20_000;

/** Writes `<folder>/<pod>.<container>.log`, and `.previous.log` where the container was started again. Never throws for one log. */
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

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutputStream, World } from "../cli.ts";
import type { Secrets } from "../plan/secrets.ts";

/** The same world, on whose streams no secret of the plan's appears: what a run prints ends up in the logs of a CI. */
export function discreet(world: World, secrets: Secrets): World {
  if (secrets.isEmpty) return world;
  const clean = (stream: OutputStream): OutputStream => ({
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text) => stream.write(secrets.redact(text)),
  });
  return { ...world, stdout: clean(world.stdout), stderr: clean(world.stderr) };
}

/** Takes the plan's secrets out of files that others wrote: an app may log what it was given. */
export function redactFiles(folder: string, secrets: Secrets): void {
  if (secrets.isEmpty) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const text = readFileSync(path, "utf8");
    const clean = secrets.redact(text);
    if (clean !== text) writeFileSync(path, clean);
  }
}

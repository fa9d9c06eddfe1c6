import type { OutputStream, World } from "../cli.ts";
import type { Secrets } from "../plan/secrets.ts";
import { entriesBelow, readRegular, replaceFile } from "../std/regular-file.ts";

/** Returns the same world, with the plan's secrets redacted on its streams: what a run prints ends up in the logs of a CI. */
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

/** Redacts the plan's secrets in files that others wrote, because an app may log what it was given. Links are not followed. */
export function redactFiles(folder: string, secrets: Secrets): void {
  if (secrets.isEmpty) return;
  for (const { path, entry } of entriesBelow(folder)) {
    if (!entry.isFile()) continue;
    const text = readRegular(path, Number.POSITIVE_INFINITY);
    const clean = secrets.redact(text);
    if (clean !== text) replaceFile(path, clean);
  }
}

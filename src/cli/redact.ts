import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Secrets } from "../plan/secrets.ts";

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

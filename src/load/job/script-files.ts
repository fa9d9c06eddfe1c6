/**
 * Gathers scripts and the files beside them (modules that they import by relative path, files that feeders read) for a
 * ConfigMap: at most 1 MiB in all, under keys without "/". node_modules and names that begin with a dot are left out.
 */
import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { ExitCode, GamedayError, systemReason } from "../../std/errors.ts";

export interface ScriptFiles {
  /** Text files, by key. */
  readonly data: Readonly<Record<string, string>>;
  /** All other files, as base64, by key. */
  readonly binaryData: Readonly<Record<string, string>>;
  /** The path of each key below the mounted folder. */
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** The API server's limit for all values of a ConfigMap together. */
export const CONFIG_MAP_BYTES_MAX = 1 << 20;
/** The most files that are gathered, so that a script in a home folder does not cause a walk through all of it. */
const FILES_MAX = 2_000;

interface Found {
  readonly file: string;
  readonly bytes: number;
}

/** Returns the deepest folder that contains all scripts; paths on workers are relative to it. */
export function rootOf(scripts: readonly string[]): string {
  const folders = scripts.map((script) => dirname(script).split(sep));
  const [first = []] = folders;
  const alike = first.findIndex((part, depth) => !folders.every((parts) => parts[depth] === part));
  return (alike < 0 ? first : first.slice(0, alike)).join(sep) || sep;
}

/** Returns the path of a script on the workers, when the root folder is mounted at `folder` there. */
export function pathOnWorkers(script: string, root: string, folder: string): string {
  return posix.join(folder, relative(root, script).split(sep).join("/"));
}

/** Returns the scripts and the files beside them. Throws GamedayError when they are too big for a ConfigMap or unreadable. */
export function gatherScripts(scripts: readonly string[]): ScriptFiles {
  const root = rootOf(scripts);
  const files = new Map<string, number>();
  for (const script of scripts) for (const { file, bytes } of filesBelow(dirname(script))) files.set(file, bytes);
  for (const script of scripts) if (!files.has(script)) files.set(script, sizeOf(script)); // even when its name begins with a dot
  refuseTooBig(
    root,
    [...files].map(([file, bytes]) => ({ file, bytes })),
  );
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  const items = [...files.keys()].sort().map((file, index) => {
    const path = relative(root, file).split(sep).join("/");
    const key = keyOf(path, index);
    const content = read(file);
    if (isUtf8(content)) data[key] = content.toString();
    else binaryData[key] = content.toString("base64");
    return { key, path };
  });
  return { data, binaryData, items };
}

/** Returns a readable key that is unique for each path: "3.lib_cart.ts". */
function keyOf(path: string, index: number): string {
  return `${index}.${path.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(-200)}`;
}

function filesBelow(folder: string): Found[] {
  const found: Found[] = [];
  const look = (at: string) => {
    for (const entry of listed(at)) {
      if (found.length > FILES_MAX) return;
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const file = join(at, entry.name);
      if (entry.isDirectory()) look(file);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(...regular(file));
    }
  };
  look(folder);
  return found;
}

/**
 * Returns a file or a link to a file, with its size. Links to folders, which may form cycles, and dangling links are left out.
 */
function regular(file: string): Found[] {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true ? [{ file, bytes: stat.size }] : [];
}

function sizeOf(script: string): number {
  try {
    return statSync(script).size;
  } catch (thrown) {
    throw unreadable(script, thrown);
  }
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (thrown) {
    throw unreadable(folder, thrown);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
}

function unreadable(file: string, cause: unknown): GamedayError {
  const expected = `to read ${file}, which lies beside the script and goes to the workers with it`;
  return new GamedayError({ code: "script-unreadable", expected, got: systemReason(cause), cause });
}

function refuseTooBig(root: string, files: readonly Found[]): void {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= CONFIG_MAP_BYTES_MAX && files.length <= FILES_MAX) return;
  const biggest = files.toSorted((one, other) => other.bytes - one.bytes).slice(0, 3);
  const named = biggest.map(({ file, bytes }) => `${relative(root, file)} ${inKib(bytes)}`).join(", ");
  const count = files.length > FILES_MAX ? `more than ${FILES_MAX}` : String(files.length);
  throw new GamedayError({
    code: "scripts-too-big",
    expected: `scripts and the files beside them of at most ${inKib(CONFIG_MAP_BYTES_MAX)} and ${FILES_MAX} files, to fit a ConfigMap`,
    got: `${inKib(total)} in ${count} files below ${root} (${named})`,
    hint: "put scripts into a folder of their own, or into the image and say where: --script-path /scripts",
    exitCode: ExitCode.usage,
  });
}

function inKib(bytes: number): string {
  return `${(Math.ceil(bytes / 102.4) / 10).toLocaleString("en-US")} KiB`;
}

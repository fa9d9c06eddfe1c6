/**
 * Checks the types of users' scripts with the TypeScript of their own project. Node strips types, and so runs a script
 * whose types are wrong without a warning. Files are written only to a folder below the system's temporary folder.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GamedayError } from "../std/errors.ts";
import { tryExec } from "../std/exec.ts";
import { isOurs } from "./thrown.ts";

export interface TypeReport {
  /** One line for people: what checked the types, or why they were not checked. */
  readonly says: string;
  readonly errors: readonly GamedayError[];
}

const DEADLINE_MS = 120_000;
const TYPESCRIPT = /\.[mc]?ts$/;
const TYPES_OF_OURS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../scenario.ts" : "../scenario.d.ts", import.meta.url),
);

/** Checks one script with the nearest tsconfig.json in its folder or above. `node` is the executable that runs the compiler. */
export async function checkTypes(file: string, node: string): Promise<TypeReport> {
  if (!TYPESCRIPT.test(file)) return { says: "types: not checked, because the script is JavaScript", errors: [] };
  const folder = dirname(resolve(file));
  const compiler = above(folder, "node_modules/typescript/package.json");
  if (compiler === undefined) {
    const says = `types: not checked, because no TypeScript is installed in ${folder} or above (npm install -D typescript)`;
    return { says, errors: [] };
  }
  const { version, bin } = JSON.parse(readFileSync(compiler, "utf8")) as { version: string; bin: { tsc: string } };
  const tsc = [node, join(dirname(compiler), bin.tsc)];
  const config = above(folder, "tsconfig.json");
  const by = `TypeScript ${version}${config === undefined ? "" : ` with ${config}`}`;
  return runCompiler(tsc, { file: resolve(file), folder, config, by });
}

interface Asked {
  readonly file: string;
  readonly folder: string;
  readonly config: string | undefined;
  readonly by: string;
}

async function runCompiler(tsc: readonly string[], asked: Asked): Promise<TypeReport> {
  const place = mkdtempSync(join(tmpdir(), "gameday-types-"));
  try {
    const config = join(place, "tsconfig.json");
    writeFileSync(config, JSON.stringify(await configOf(tsc, asked)));
    const packages = above(asked.folder, "node_modules/@types");
    // The compiler looks for packages of types beside its configuration.
    if (packages !== undefined) symlinkSync(dirname(packages), join(place, "node_modules"));
    const argv = [...tsc, "--noEmit", "--pretty", "false", "-p", config];
    const { code, stdout } = await tryExec(argv, { cwd: asked.folder, deadlineMs: DEADLINE_MS });
    return reportOf(stdout, code, asked);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/**
 * Options that prevent the compiler from writing files; null removes an option of the user's that writes files or
 * contradicts these.
 */
const NO_OUTPUT = {
  noEmit: true,
  composite: null,
  incremental: null,
  tsBuildInfoFile: null,
  declaration: null,
  declarationMap: null,
  emitDeclarationOnly: null,
  outFile: null,
  rootDir: "/",
};

/**
 * Options for a script whose project has no tsconfig.json. The script is treated as a module, as Node treats it, even if
 * no package.json declares that: "nodenext" would treat it as CommonJS, and report a top-level await as an error.
 */
const DEFAULTS = {
  target: "esnext",
  lib: ["esnext", "dom"],
  module: "preserve",
  moduleResolution: "bundler",
  moduleDetection: "force",
  resolveJsonModule: true,
  strict: true,
  skipLibCheck: true,
};

async function configOf(tsc: readonly string[], { file, folder, config }: Asked): Promise<object> {
  const hasNodeTypes = above(folder, "node_modules/@types/node") !== undefined;
  return {
    ...(config === undefined ? {} : { extends: config }),
    compilerOptions: {
      ...(config === undefined ? { ...DEFAULTS, types: hasNodeTypes ? ["node"] : [] } : {}),
      ...NO_OUTPUT,
      allowImportingTsExtensions: true,
      paths: { ...(config === undefined ? {} : await pathsOf(tsc, config)), gameday: [TYPES_OF_OURS] },
    },
    files: [file],
    include: [],
    references: [],
  };
}

/** Returns the project's own aliases as absolute paths; without them, ours would replace all of the project's. */
async function pathsOf(tsc: readonly string[], config: string): Promise<Record<string, string[]>> {
  const { code, stdout } = await tryExec([...tsc, "--showConfig", "-p", config], { deadlineMs: DEADLINE_MS });
  if (code !== 0) return {}; // the check itself will report what is wrong with the project
  const { compilerOptions = {} } = JSON.parse(stdout) as {
    compilerOptions?: { baseUrl?: string; paths?: Record<string, string[]> };
  };
  const base = resolve(dirname(config), compilerOptions.baseUrl ?? ".");
  return Object.fromEntries(
    Object.entries(compilerOptions.paths ?? {}).map(([alias, list]) => [alias, list.map((one) => resolve(base, one))]),
  );
}

function reportOf(stdout: string, code: number | null, { folder, by }: Asked): TypeReport {
  const lines = stdout.split("\n");
  const located = lines.flatMap((line, index) => errorAt(line, detailAfter(lines, index), folder));
  const global = lines.flatMap((line) => {
    const [, kind = "", message] = /^error (TS\d+): (.*)$/.exec(line) ?? [];
    return message === undefined ? [] : [typeError(kind, message)];
  });
  const errors = [...global, ...located].filter(({ place }) => place === undefined || !isOurs(place.file));
  if (code !== 0 && located.length + global.length === 0)
    return {
      says: `types: not checked, because ${by} ended with ${code ?? "a signal"} and reported nothing`,
      errors: [],
    };
  const found = errors.length === 0 ? "no error" : `${errors.length} ${errors.length === 1 ? "error" : "errors"}`;
  return { says: `types: ${found}, checked by ${by}`, errors };
}

function errorAt(line: string, detail: string, folder: string): GamedayError[] {
  const [, path = "", row, column, kind = "", message = ""] =
    /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line) ?? [];
  if (row === undefined) return [];
  const place = { file: resolve(folder, path), line: Number(row), column: Number(column) };
  return [typeError(kind, detail === "" ? message : `${message} ${detail}`).at(place)];
}

/** Returns the continuation of an error, which the compiler prints in indented lines. */
function detailAfter(lines: readonly string[], index: number): string {
  const next = lines[index + 1] ?? "";
  return next.startsWith("  ") ? next.trim() : "";
}

function typeError(kind: string, message: string): GamedayError {
  return new GamedayError({ code: `script-type ${kind}`, expected: "types that fit", got: message });
}

/** Returns the nearest file with this path in a folder or above it. */
function above(folder: string, path: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, path);
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return undefined;
  }
}

/** Explains why a user's module does not load: names the line that is wrong, and what to write instead. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GamedayError, type Place } from "../std/errors.ts";
import { nearest } from "../std/suggest.ts";
import { failedImport, type Import, importedFiles, importOf, placeOfImport } from "./imports.ts";
import { placeOf, placeOrPackageOf, thrownText } from "./thrown.ts";

export const K6_HINT =
  'k6 scripts have to be rewritten: http.get(url) becomes await user.http.get(path), check() becomes user.check(name, holds), sleep(1) becomes await user.think("1s"), options become flags; the default function becomes run of scenario({...}); see docs/guide/load.md';
const CHECK_DEADLINE_MS = 5_000;

/**
 * Describes a failed load with its place: a syntax error, a failed import, TypeScript that cannot be stripped, or an
 * error that was thrown.
 */
export function loadError(thrown: unknown, path: string): GamedayError {
  if (thrown instanceof GamedayError)
    return thrown.place === undefined ? thrown.at(placeOf(thrown) ?? { file: path }) : thrown;
  const code = codeOf(thrown);
  const unsupported = code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
  const syntax = thrown instanceof SyntaxError || code === "ERR_INVALID_TYPESCRIPT_SYNTAX";
  const place = placeOfLoadError(thrown, syntax);
  return new GamedayError({
    code: unsupported ? "script-unsupported-typescript" : syntax ? "script-syntax" : "script-failed-to-load",
    expected: "a script that loads",
    got: thrownText(thrown),
    hint: hintOf(thrown, code),
    place: place ?? placeOrPackageOf(thrown) ?? { file: path },
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}

function placeOfLoadError(thrown: unknown, syntax: boolean): Place | undefined {
  const imported = importBehind(thrown);
  if (imported !== undefined) return placeOfImport(imported);
  const place = placeOf(thrown) ?? (syntax ? placeOfSyntax() : undefined);
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(thrownText(thrown)) ?? [];
  if (place?.file.endsWith(".json") !== true || line === undefined) return place;
  return { file: place.file, line: Number(line), column: Number(column) };
}

/** Returns the import of what was not found, or of a file that cannot be imported in this way. */
function importBehind(thrown: unknown): Import | undefined {
  const [url] = /file:\/\/\/[^"']+/.exec(thrownText(thrown)) ?? [];
  const odd = /^ERR_(IMPORT_ATTRIBUTE_MISSING|UNKNOWN_FILE_EXTENSION)$/.test(codeOf(thrown));
  return failedImport(thrown) ?? (odd && url !== undefined ? importOf(fileURLToPath(url)) : undefined);
}

/** Finds the place of a syntax error. V8 does not expose it for a module; `node --check` prints it, and runs nothing. */
function placeOfSyntax(): Place | undefined {
  for (const file of importedFiles()) {
    const argv = ["--disable-warning=ExperimentalWarning", "--check", file];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", timeout: CHECK_DEADLINE_MS });
    if (status === 0) continue;
    const place = placeOf(Object.assign(new Error("syntax"), { stack: stderr }));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Matched against the message, because Node has no error codes for most of these. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^Invalid or unexpected token/, "a decorator (@) is not possible: types are stripped, not compiled"],
  [/needs an import attribute of "type: json"/, 'import it `with { type: "json" }`, or take csv()/json() for rows'],
  [/is a CommonJS module/, 'import all of it: import thing from "package", then const { name } = thing'],
  [
    /does not provide an export named '[A-Z]/,
    "if it is a type, mark it, because types are stripped: import { type Name }",
  ],
  [/__(dir|file)name is not defined/, "use import.meta.dirname and import.meta.filename"],
  [
    /(require|module|exports) is not defined/,
    'scripts are ES modules: use import thing from "thing", and export default',
  ],
  [
    /Cannot use import statement outside a module/,
    'the package.json next above says "type": "commonjs": name the script .mts (or .mjs), or say "type": "module" there',
  ],
  [/Unknown file extension/, "scripts are .ts, .mts, .js or .mjs; JSX is not compiled"],
];

const EXPORTS = ["scenario", "probes", "csv", "json", "rows"];

function hintOf(thrown: unknown, code: string): string {
  const imported = failedImport(thrown);
  if (imported !== undefined) return hintOfImport(imported);
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "types are stripped, not compiled: write const objects instead of enum, modules instead of namespace";
  const text = thrownText(thrown);
  const [, ours = ""] = /module 'gameday' does not provide an export named '(\w+)'/.exec(text) ?? [];
  const meant = nearest(ours, EXPORTS);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return HINTS.find(([pattern]) => pattern.test(text))?.[1] ?? "the error is in the script or in what it imports";
}

function hintOfImport({ specifier, by }: Import): string {
  if (/^k6($|\/)/.test(specifier)) return K6_HINT;
  if (specifier.startsWith("gameday/")) return 'all exports come from "gameday" itself';
  if (/^\.{0,2}\//.test(specifier)) return hintOfPath(specifier, dirname(by));
  if (/^[@~]\//.test(specifier))
    return 'Node does not know the aliases of a tsconfig.json: import it by its path, or by "imports" of the package.json ("#lib/*")';
  return `npm install ${specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")} in ${dirname(by)} or above`;
}

function hintOfPath(specifier: string, folder: string): string {
  const bare = specifier.replace(/\/$/, "");
  const stem = bare.replace(/\.[mc]?jsx?$/, "");
  const meant = [
    ...[".ts", ".js", ".mts", ".mjs", ".json"].flatMap((end) => [`${bare}${end}`, `${stem}${end}`]),
    ...["/index.ts", "/index.js"].map((end) => `${bare}${end}`),
  ].find((candidate) => existsSync(resolve(folder, candidate)));
  return meant === undefined ? "there is no such file" : `with the whole name of the file: "${meant}"`;
}

/** Returns the error for a script that neither throws nor finishes loading. */
export function neverLoads(file: string, got: string): GamedayError {
  return new GamedayError({
    code: "script-never-loads",
    expected: "a script that loads",
    got,
    hint: "move long work to setup(), which has a deadline",
    place: { file },
  });
}

/** Waits for a module to load; rejects with `neverLoads` when the deadline has passed. */
export async function inTime<T>(loading: Promise<T>, file: string, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const give = () => reject(neverLoads(file, `no end of loading within ${deadlineMs / 1000} s`));
    timer = setTimeout(give, deadlineMs);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

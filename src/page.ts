/**
 * The page is what people see of a run in a browser: one HTML file, one script, one style sheet and one icon. src/page/ holds the
 * browser's part, which has a TypeScript project of its own because only it may use the DOM.
 *
 * The published package holds the bundled script (scripts/build.ts). In a checkout there is no build step: the script is bundled in
 * memory when the page is first loaded, which takes about 50 ms.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ExitCode, GamedayError } from "./std/errors.ts";
import { CARDS, themes } from "./view/look.ts";

export interface PageFile {
  /** The media type, with its character set. */
  readonly type: string;
  readonly body: Uint8Array;
  /** A strong entity tag, quotes included. */
  readonly etag: string;
}

const FOLDER = new URL("./page/", import.meta.url);
const SCRIPT = "page.js";
const STYLE = "page.css";
const TYPES: Readonly<Record<string, string>> = {
  "page.html": "text/html; charset=utf-8",
  [STYLE]: "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
  [SCRIPT]: "text/javascript; charset=utf-8",
};

/** Returns the files of the page by their path below the server's root: "/page.js". Throws a GamedayError when it cannot be bundled. */
export async function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const [name, type] of Object.entries(TYPES)) {
    const body = await bodyOf(name);
    files.set(`/${name}`, { type, body, etag: `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"` });
  }
  return files;
}

async function bodyOf(name: string): Promise<Uint8Array> {
  if (name === SCRIPT) return loadScript();
  const file = await readFile(new URL(name, FOLDER));
  return name === STYLE ? Buffer.concat([Buffer.from(`${themes()}\n${CARDS}\n`), file]) : file;
}

async function loadScript(): Promise<Uint8Array> {
  const built = new URL(SCRIPT, FOLDER);
  return existsSync(built) ? readFile(built) : bundleScript();
}

/** Bundles the browser's part into one script for current browsers. Needs esbuild, which a checkout has and the package does not. */
export async function bundleScript(): Promise<Uint8Array> {
  const { build } = await import("esbuild").catch((cause: unknown) => {
    throw new GamedayError({
      code: "page-not-built",
      expected: `the page's script in ${fileURLToPath(FOLDER)}, or esbuild to build it`,
      got: "neither",
      hint: "run npm ci without --omit=dev in the checkout, or use the published package",
      exitCode: ExitCode.notReady,
      cause,
    });
  });
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("main.ts", FOLDER))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error("expected one bundled script, got none");
  return script.contents;
}

/**
 * `npm run build`: compiles src/ to dist/ for the published package, because Node runs no .ts files inside node_modules, and bundles
 * the page's script.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { bundleScript } from "../src/page.ts";

const DIST = new URL("../dist/", import.meta.url);
const SOURCE = new URL("../src/page/", import.meta.url);

rmSync(DIST, { recursive: true, force: true });
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
mkdirSync(new URL("page/", DIST), { recursive: true });
for (const name of ["page.html", "page.css", "icon.svg"]) cpSync(new URL(name, SOURCE), new URL(`page/${name}`, DIST));
writeFileSync(new URL("page/page.js", DIST), await bundleScript());

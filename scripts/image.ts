/**
 * `npm run image -- FOLDER`: writes the root file system of an image that can run as a worker of a load: this package as npm
 * packs it, its production dependencies, the pinned Node and the libraries that Node needs. Any tool that builds images from
 * folders can use it; with Docker, the Dockerfile next to package.json does the same.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exec } from "../src/std/exec.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MINUTES = 60_000;
/** What the launcher's first line and a person with `kubectl exec` need, and what faults in a pod use. */
const PROGRAMS = [
  ...["/usr/bin/env", "/bin/sh", "/bin/ls", "/bin/cat"],
  ...[
    "/usr/sbin/nft",
    "/usr/bin/timeout",
    "/bin/sleep",
    "/bin/date",
    "/bin/sed",
    "/bin/grep",
    "/bin/rm",
    "/usr/bin/getent",
  ],
];

async function libraries(program: string): Promise<string[]> {
  const { stdout } = await exec(["ldd", program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

async function addProgram(rootfs: string, from: string, to: string): Promise<void> {
  for (const [source, target] of [[from, to], ...(await libraries(from)).map((path) => [path, path])]) {
    const at = join(rootfs, target ?? "");
    if (existsSync(at)) continue;
    mkdirSync(dirname(at), { recursive: true });
    copyFileSync(realpathSync(source ?? ""), at);
    chmodSync(at, 0o755);
  }
}

/** Holds processes, CPU time and memory of a pod (deploy/hold.c). It is static, so that it runs in any image. */
async function addHold(rootfs: string): Promise<void> {
  const program = join(rootfs, "usr/local/bin/hold");
  mkdirSync(dirname(program), { recursive: true });
  await exec(["cc", "-O2", "-static", "-pthread", "-o", program, join(ROOT, "deploy/hold.c")], { deadlineMs: MINUTES });
}

async function addPackage(rootfs: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-image-"));
  try {
    const packed = await exec(["npm", "pack", "--silent", "--pack-destination", folder], {
      cwd: ROOT,
      deadlineMs: 5 * MINUTES,
    });
    const tarball = join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
    const prefix = join(rootfs, "usr/local");
    mkdirSync(prefix, { recursive: true });
    const flags = ["--global", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    await exec(["npm", "install", ...flags, "--prefix", prefix, tarball], { cwd: folder, deadlineMs: 10 * MINUTES });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error("expected npm run image -- FOLDER, got no folder");
const rootfs = resolve(given);
mkdirSync(join(rootfs, "etc"), { recursive: true });
writeFileSync(join(rootfs, "etc/passwd"), "root:x:0:0::/:/bin/sh\ngameday:x:1000:1000::/tmp:/bin/sh\n");
mkdirSync(join(rootfs, "tmp"), { recursive: true });
chmodSync(join(rootfs, "tmp"), 0o1777);
console.log(`copying ${PROGRAMS.length} programs, Node and their libraries to ${rootfs}`);
for (const program of PROGRAMS) await addProgram(rootfs, program, program);
if (!existsSync(join(rootfs, "lib"))) symlinkSync("usr/lib", join(rootfs, "lib"));
await addProgram(rootfs, join(ROOT, "node_modules/node/bin/node"), "/usr/local/bin/node");
console.log("compiling deploy/hold.c");
await addHold(rootfs);
console.log("packing Gameday and its production dependencies (about a minute)");
await addPackage(rootfs);
console.log(`${rootfs}: run as 1000:1000, for example "gameday worker --join http://HOST:7070"`);

#!/usr/bin/env node
// The launcher is plain JavaScript that old versions of Node can run, so that they print a clear message instead of a syntax
// error. In a checkout it runs the sources, in an installed package it runs dist/.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
const pinned = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
const sources = new URL("../src/main.ts", import.meta.url);
const compiled = new URL("../dist/main.js", import.meta.url);

if (major > 22 || (major === 22 && minor >= 18)) {
  module.enableCompileCache?.(); // halves the time to the first request
  const { main } = await import((existsSync(fileURLToPath(sources)) ? sources : compiled).href);
  await main();
} else if (existsSync(pinned)) {
  runPinned();
} else {
  console.error(`gameday: expected Node.js 22.18 or newer, got ${process.version}`);
  console.error("  hint: `npm install` in the checkout brings Node 24 for this folder, or install a newer Node.js");
  process.exitCode = 4;
}

// Runs the launcher again with the pinned Node. The child must not outlive this process, even if this one is killed with
// SIGKILL: on Linux the kernel enforces that.
function runPinned() {
  const own = [pinned, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const argv = process.platform === "linux" ? ["setpriv", "--pdeathsig", "KILL", ...own] : own;
  const child = spawn(argv[0], argv.slice(1), { stdio: "inherit" });
  // Ctrl-C reaches the child by itself (same process group); a signal that is sent to this process alone is forwarded.
  process.on("SIGINT", () => hasTerminal() || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => {
    console.error(`gameday: expected to start ${argv[0]}, got ${error.message}`);
    process.exitCode = 4;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGKILL" ? 137 : 130);
  });
}

function hasTerminal() {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

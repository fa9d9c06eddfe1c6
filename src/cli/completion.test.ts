import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { World } from "../cli.ts";
import { candidatesOf, renderBash, renderZsh } from "./completion/scripts.ts";
import { buildProgram } from "./program.ts";

const candidates = candidatesOf(await buildProgram({ argv: [], version: "" } as unknown as World));
const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

/** Returns what bash offers after these words, the last of which is being typed. */
function inBash(...words: string[]): string[] {
  const script = `${renderBash(candidates)}
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}; _gameday; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" }));
}

/** The same in zsh. compadd and _files only work inside of its completion system, so they print here. */
function inZsh(...words: string[]): string[] {
  const script = `compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print FILES; }
${renderZsh(candidates)}
words=(${words.map((word) => `"${word}"`).join(" ")}); CURRENT=${words.length}; _gameday`;
  const typed = words.at(-1) ?? "";
  return lines(spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" })).filter(
    (line) => line === "FILES" || line.startsWith(typed),
  );
}

function lines({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string[] {
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

for (const [shell, complete] of [
  ["bash", inBash],
  ["zsh", inZsh],
] as const) {
  test(`${shell} completes commands, commands within commands, and flags`, {
    skip: !has(shell) && `${shell} is not installed`,
  }, () => {
    assert.deepEqual(complete("gameday", "che"), ["check", "check-history"]);
    assert.deepEqual(complete("gameday", "lab", ""), ["up", "down", "status", "help"]);
    assert.deepEqual(complete("gameday", "run", "--se"), ["--seed"]);
    assert.ok(!complete("gameday", "").includes("reaper"), "commands that people do not call are not offered");
  });

  test(`${shell} leaves names of files to the shell`, { skip: !has(shell) && `${shell} is not installed` }, () => {
    assert.deepEqual(complete("gameday", "run", ""), shell === "zsh" ? ["FILES"] : []);
  });
}

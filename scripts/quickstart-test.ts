/**
 * `npm run prove:quickstart`: types every command of the README's quick start in an empty HOME, as a newcomer would: the demo in a fresh
 * clone, then Gameday beside an own app that answers before it has stored, up to its red verdict. Adds one row to
 * docs/track-record/quickstart.json. The README's shorter demo is an alternative, so it is played last and outside of the time.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tryExec } from "../src/std/exec.ts";
import { quickStart } from "../test/newcomers/quick-start.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/quickstart.json";
const COMMAND = "npm run prove:quickstart";
const COMMAND_MS_MAX = 900_000;
const PRINTED_MAX = 1_500;

interface Typed {
  readonly where: "checkout" | "project";
  readonly command: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  /** The end of its output, when it exited otherwise than it should. */
  readonly printed: string | null;
}

interface QuickStartRow extends Row {
  readonly commands: readonly Typed[];
  /** From the first command to the verdict of the demo, and to that of the broken app. */
  readonly demoSeconds: number;
  readonly redSeconds: number;
  readonly sentence: string;
}

const home = mkdtempSync(join(tmpdir(), "gameday-home-"));
chmodSync(home, 0o755); // the app runs as nobody
const places = { checkout: join(home, "gameday"), project: join(home, "corner-shop") };
const env = Object.fromEntries(
  Object.entries({ ...process.env, HOME: home }).filter(([name]) => !name.toLowerCase().startsWith("npm_")),
);
const server = createServer((request, response) => {
  response.writeHead(request.method === "GET" ? 200 : 201).end("{}");
});

/** Types one command. `expected` is the exit code that it should have. */
async function type(where: Typed["where"], command: string, expected = 0): Promise<Typed> {
  console.log(`${where}$ ${command}`);
  const { port } = server.address() as AddressInfo;
  const line = command.replace(/^sudo /, process.getuid?.() === 0 ? "" : "sudo ").replace(":8080", `:${port}`);
  const began = performance.now();
  const options = { cwd: places[where], env, deadlineMs: COMMAND_MS_MAX };
  const { code, stdout, stderr } = await tryExec(["sh", "-c", line], options);
  const seconds = Math.round((performance.now() - began) / 1000);
  const printed = code === expected ? null : (stdout + stderr).trim().slice(-PRINTED_MAX);
  console.log(`  exit ${code} after ${seconds} s${printed === null ? "" : `\n${printed}`}`);
  return { where, command, exitCode: code, seconds, printed };
}

/** An app of the newcomer's that says "stored" first and stores half a second later. */
function layOutBrokenApp(): void {
  mkdirSync(places.project);
  cpSync("test/newcomers/node", places.project, { recursive: true });
  const file = join(places.project, "server.js");
  const sound = readFileSync(file, "utf8");
  const broken = sound.replace(
    /( {2}await pool\.query\("insert into orders.*\n)(.*\n)/,
    (_, store: string, answer: string) =>
      `${answer}  setTimeout(() => ${store.trim().replace("await ", "").replace(/;$/, "")}.catch(console.error), 500);\n`,
  );
  if (broken === sound) throw new Error("expected server.js to store an order and then to answer");
  writeFileSync(file, broken);
}

async function play(): Promise<QuickStartRow> {
  await tryExec(["git", "clone", "--quiet", resolve("."), places.checkout], { env, deadlineMs: COMMAND_MS_MAX });
  layOutBrokenApp();
  await tryExec(["npm", "install", "--silent"], { cwd: places.project, env, deadlineMs: COMMAND_MS_MAX });
  const { demo, alternatives, install, depend, own } = quickStart();
  const began = performance.now();
  const since = () => Math.round((performance.now() - began) / 1000);
  const commands: Typed[] = [];
  for (const command of demo) commands.push(await type("checkout", command));
  const demoSeconds = since();
  for (const command of install) commands.push(await type("checkout", command));
  for (const command of depend) commands.push(await type("project", command));
  let redSeconds = 0;
  for (const command of own) {
    commands.push(await type("project", command, /gameday (run|judge) /.test(command) ? 1 : 0));
    if (/gameday run /.test(command)) redSeconds = since();
  }
  for (const command of alternatives) commands.push(await type("checkout", command));
  const { sentence } = JSON.parse(readFileSync(join(places.project, "runs/latest/verdict.json"), "utf8")) as {
    sentence: string;
  };
  const date = new Date().toISOString().slice(0, 19);
  return { command: COMMAND, commit: commit(), seed: "none", date, demoSeconds, redSeconds, sentence, commands };
}

try {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const row = await play();
  const proof = "the quick start in an empty HOME, up to a red verdict on an own broken app";
  addRow<QuickStartRow>(FILE, readRecord(FILE, proof, COMMAND), row);
  console.log(`demo after ${row.demoSeconds} s, red after ${row.redSeconds} s: ${row.sentence}`);
  process.exitCode = row.commands.every(({ printed }) => printed === null) && row.redSeconds <= 900 ? 0 : 1;
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
}

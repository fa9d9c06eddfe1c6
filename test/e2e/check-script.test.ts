/** `gameday check SCRIPT`, and what `gameday run` reports about scripts that do not load before it starts anything. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type Ended, gameday, ROOT, temporaryFolder } from "./gameday.ts";

const GOOD = `import { scenario } from "gameday";
export default scenario({
  name: "sale",
  async onStart(user) { user.state["n"] = 1; },
  tasks: [{ name: "look", weight: 3, run: async (user) => void (await user.http.get("/x")) }],
});
`;

/** Creates a user's project: a folder with these files, with or without TypeScript. */
function project(context: TestContext, files: Readonly<Record<string, string>>, withTypeScript = true): string {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "node_modules"));
  if (withTypeScript)
    symlinkSync(join(ROOT, "node_modules/typescript"), join(folder, "node_modules/typescript"), "dir");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function check(cwd: string, ...files: string[]): Promise<Ended> {
  return gameday(["check", ...files], { cwd });
}

describe("gameday check SCRIPT", { concurrency: 2 }, () => {
  test("for a valid script check prints what it is and its types, and writes nothing beside it", async (context) => {
    const folder = project(context, { "sale.ts": GOOD });
    const before = readdirSync(folder, { recursive: true });
    const { code, stdout, stderr } = await check(folder, "sale.ts");
    assert.equal(code, 0, stdout + stderr);
    assert.match(
      stdout,
      /^sale\.ts: scenario "sale": onStart, tasks look \(3\)\ntypes: no error, checked by TypeScript \d/,
    );
    assert.deepEqual(readdirSync(folder, { recursive: true }), before);
  });

  test("without TypeScript one line reports that types were not checked", async (context) => {
    const { code, stdout } = await check(project(context, { "sale.ts": GOOD }, false), "sale.ts");
    assert.equal(code, 0);
    assert.match(stdout, /\ntypes: not checked, because no TypeScript is installed in .*\n$/);
  });

  test("wrong types are reported with file, line and column, and the user's tsconfig.json and aliases count", async (context) => {
    const typed = GOOD.replace("user.http.get", "user.http.gett").replace('["n"] = 1', '["n"] = twice("two")');
    const folder = project(context, {
      "sale.ts": `import { twice } from "#lib";\n${typed}`,
      "lib.ts": "export function twice(n: number): number { return n * 2; }\n",
      "package.json": '{ "type": "module", "imports": { "#lib": "./lib.ts" } }',
      "tsconfig.json":
        '{ "compilerOptions": { "module": "nodenext", "target": "esnext", "strict": true, "skipLibCheck": true, "declaration": true, "outDir": "out" } }',
    });
    const { code, stdout, stderr } = await check(folder, "sale.ts");
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout, /types: 2 errors, checked by TypeScript [\d.]+ with .*tsconfig\.json/);
    const before = typed.slice(0, typed.indexOf('"two"')).split("\n");
    const place = `sale.ts:${before.length + 1}:${(before.at(-1) ?? "").length + 1}: `;
    assert.ok(stderr.includes(`${place}expected types that fit, got Argument of type 'string'`), `${place}${stderr}`);
    assert.match(stderr, /\[script-type TS2345\]/);
    assert.match(stderr, /sale\.ts:6:\d+: expected types that fit, got Property 'gett' does not exist/);
  });

  for (const [name, text, says] of [
    ["enum", "type A = 1;\n  enum Kind { A }\nexport default {};\n", /script\.ts:2:3: .*enum is not supported/],
    ["namespace", "namespace N { export const a = 1; }\nexport default {};\n", /script\.ts:1:1: .*namespace/],
    ["parameter property", "class P { constructor(private x: number) {} }\n", /script\.ts:1:\d+: .*parameter property/],
    ["syntax", "const a = 1;\nconst b = = 2;\n", /script\.ts:2:\d+: .*\[script-syntax\]/],
    ["no default export", "export const options = {};\n", /script\.ts: .*only options.*\n.*k6/],
    [
      "unknown part",
      'export default { name: "x", onstart() {}, async run() {} };\n',
      /"onstart".*\n.*did you mean "onStart"/,
    ],
    ["throws", 'export {};\nthrow new Error("at the top");\n', /script\.ts:2:\d+: .*at the top/],
    ["ends", "process.exit(5);\n", /the end of its process with exit code 5/],
    ["never settles", "await new Promise(() => undefined);\n", /a top-level await that nothing settles/],
  ] as const) {
    test(`a script that does not load, ${name}, is reported with its place, exit code 3`, async (context) => {
      const { code, stderr } = await check(project(context, { "script.ts": text }, false), "script.ts");
      assert.equal(code, 3, stderr);
      assert.match(stderr, says);
    });
  }

  test("what a script leaves running does not delay the end", async (context) => {
    const folder = project(context, { "sale.ts": `${GOOD}setInterval(() => undefined, 1000);\n` }, false);
    assert.equal((await check(folder, "sale.ts")).code, 0);
  });

  test("a plan is checked with its scripts, and a run refuses before it starts anything", async (context) => {
    const folder = temporaryFolder(context);
    cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
    const sound = await check(folder, "plan.yaml");
    assert.equal(sound.code, 0, sound.stderr);
    assert.match(sound.stdout, /shop\.ts: scenario "fake-shop": run\nprobes\.ts: probes of /);
    writeFileSync(join(folder, "shop.ts"), "\nenum A { B }\nexport default {};\n");
    for (const command of ["check", "run"]) {
      const { code, stderr } = await gameday([command, "plan.yaml"], { cwd: folder });
      assert.equal(code, 3, stderr);
      assert.match(stderr, /shop\.ts:2:1: .*enum/);
    }
    assert.equal(readdirSync(folder).includes("runs"), false);
  });
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { gatherScripts, pathOnWorkers, rootOf } from "./script-files.ts";

function folderWith(context: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-scripts-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

test("a script goes with its folder: subfolders by items, bytes as they are, no node_modules, nothing that is hidden", (context) => {
  const picture = Buffer.from([0xff, 0xfe, 0x00]);
  const folder = folderWith(context, {
    "sale.ts": "sale",
    "lib/cart.ts": "cart",
    "lib_cart.ts": "other",
    "picture.png": picture,
    ".env": "secret",
    "node_modules/x/index.js": "x",
  });
  symlinkSync("sale.ts", join(folder, "link.ts"));
  symlinkSync(".", join(folder, "circle"));
  symlinkSync("nowhere", join(folder, "dead"));
  const { data, binaryData, items } = gatherScripts([join(folder, "sale.ts")]);
  const paths = items.map(({ path }) => path);
  assert.deepEqual(paths, ["lib/cart.ts", "lib_cart.ts", "link.ts", "picture.png", "sale.ts"]);
  const content = (path: string) => {
    const key = items.find((item) => item.path === path)?.key ?? "";
    assert.match(key, /^[-._a-zA-Z0-9]{1,253}$/);
    return data[key] ?? binaryData[key];
  };
  assert.equal(content("lib/cart.ts"), "cart");
  assert.equal(content("lib_cart.ts"), "other");
  assert.equal(content("link.ts"), "sale");
  assert.equal(content("picture.png"), picture.toString("base64"));
});

test("scripts of several folders keep their places below the folder that holds them all", (context) => {
  const folder = folderWith(context, { "a/one.ts": "1", "b/c/two.ts": "2", "not-these.ts": "3" });
  const scripts = [join(folder, "a/one.ts"), join(folder, "b/c/two.ts")];
  assert.equal(rootOf(scripts), folder);
  const { items } = gatherScripts(scripts);
  assert.deepEqual(
    items.map(({ path }) => path),
    ["a/one.ts", "b/c/two.ts"],
  );
  const there = scripts.map((script) => pathOnWorkers(script, rootOf(scripts), "/scripts"));
  assert.deepEqual(there, ["/scripts/a/one.ts", "/scripts/b/c/two.ts"]);
});

test("a script at the very top, and one whose name begins with a dot", (context) => {
  assert.equal(rootOf(["/sale.ts", "/x/y.ts"]), "/");
  assert.equal(pathOnWorkers("/sale.ts", "/", "/scripts"), "/scripts/sale.ts");
  const folder = folderWith(context, { ".sale.ts": "sale" });
  assert.deepEqual(
    gatherScripts([join(folder, ".sale.ts")]).items.map(({ path }) => path),
    [".sale.ts"],
  );
});

test("what does not fit a ConfigMap is refused with its size, the biggest file and what to do", (context) => {
  const folder = folderWith(context, { "sale.ts": "sale", "people.csv": Buffer.alloc((1 << 20) - 3, "x") });
  const gather = () => gatherScripts([join(folder, "sale.ts")]);
  assert.throws(gather, /at most 1,024 KiB.*got 1,024\.1 KiB in 2 files below .*people\.csv 1,024 KiB/);
  assert.throws(gather, { code: "scripts-too-big", hint: /--script-path/ });
  writeFileSync(join(folder, "people.csv"), Buffer.alloc((1 << 20) - 4, "x"));
  assert.equal(gather().items.length, 2);
});

test("a script that is not there is named", () => {
  assert.throws(() => gatherScripts(["/nowhere/at/all/sale.ts"]), /\/nowhere\/at\/all.*no such file or folder/);
});

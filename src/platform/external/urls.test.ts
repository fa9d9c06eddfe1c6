/** URLs mean what psql and redis-cli take them to mean. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { GamedayError } from "../../std/errors.ts";
import { waysToConnect } from "./postgres-url.ts";
import { redisOptions } from "./redis-url.ts";

const NOWHERE = "/nowhere/.postgresql";

/** Returns each way to connect in words: "plain", "any" certificate, "chain" verified, "full": chain and name verified. */
function ways(url: string, folder = NOWHERE): string[] {
  return waysToConnect(url, folder).map(({ ssl }) => {
    if (ssl === undefined || typeof ssl === "boolean") return ssl === false ? "plain" : "?";
    if (ssl.rejectUnauthorized === false) return "any";
    return ssl.checkServerIdentity === undefined ? "full" : "chain";
  });
}

for (const [query, expected] of [
  ["", ["any", "plain"]],
  ["?sslmode=disable", ["plain"]],
  ["?sslmode=allow", ["plain", "any"]],
  ["?sslmode=prefer", ["any", "plain"]],
  ["?sslmode=require", ["any"]],
  ["?sslmode=verify-ca", ["chain"]],
  ["?sslmode=verify-full", ["full"]],
  ["?sslmode=no-verify", ["any"]],
  ["?sslmode=verify-full&sslrootcert=system", ["full"]],
  ["?sslrootcert=system", ["full"]],
  ["?ssl=true", ["any"]],
  ["?ssl=0", ["plain"]],
  ["?application_name=x&sslmode=require", ["any"]],
  ["?host=/var/run/postgresql&sslmode=require", ["plain"]],
] as const) {
  test(`postgres://...${query}: ${expected.join(", then ")}`, () => {
    assert.deepEqual(ways(`postgres://u:p@h/db${query}`), expected);
  });
}

function folderWith(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-pg-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("with a root certificate, of the URL or libpq's own, `require` verifies the chain", (context) => {
  const folder = folderWith(context, { "root.crt": "ROOT", "other.crt": "OTHER" });
  assert.deepEqual(ways("postgres://h/db?sslmode=require", folder), ["chain"]);
  const [way] = waysToConnect(`postgres://h/db?sslmode=require&sslrootcert=${folder}/other.crt`, NOWHERE);
  assert.ok(typeof way?.ssl === "object");
  assert.equal(way.ssl.ca, "OTHER");
  assert.deepEqual(ways("postgres://h/db?sslmode=prefer", folder), ["any", "plain"]);
});

test("a client certificate is sent, and the rest of the URL is left to the driver", (context) => {
  const folder = folderWith(context, { "postgresql.crt": "CERT", "postgresql.key": "KEY" });
  const [way] = waysToConnect(
    "postgres://u:p%40@h:5433/db?sslmode=require&options=-c%20x%3D1&sslnegotiation=direct",
    folder,
  );
  assert.ok(typeof way?.ssl === "object");
  assert.deepEqual([way.ssl.cert, way.ssl.key], ["CERT", "KEY"]);
  assert.equal(way.connectionString, "postgres://u:p%40@h:5433/db?options=-c+x%3D1");
});

test("public roots without a check of the name are refused, as in psql", () => {
  assert.throws(() => ways("postgres://h/db?sslmode=require&sslrootcert=system"), /verify-full/);
});

test("a mode that psql does not know is refused", () => {
  assert.throws(
    () => ways("postgres://h/db?sslmode=required"),
    (thrown) => thrown instanceof GamedayError && /require/.test(thrown.describe()),
  );
});

for (const [url, expected] of [
  ["redis://h", { host: "h", port: 6379, db: 0 }],
  ["redis://:pw@h:7000/2", { host: "h", port: 7000, db: 2, password: "pw" }],
  ["redis://user:p%40w@h/0", { host: "h", port: 6379, db: 0, username: "user", password: "p@w" }],
  ["redis://pw@h", { host: "h", port: 6379, db: 0, password: "pw" }],
  ["redis://:p/w#1@h", { host: "h", port: 6379, db: 0, password: "p/w#1" }],
  ["redis://:a:b@h", { host: "h", port: 6379, db: 0, password: "a:b" }],
  ["redis://[::1]:6380", { host: "::1", port: 6380, db: 0 }],
  ["redis:///3", { host: "127.0.0.1", port: 6379, db: 3 }],
  ["redis://h/1?protocol=3", { host: "h", port: 6379, db: 1 }],
] as const) {
  test(`${url} is read as by redis-cli`, () => assert.deepEqual(redisOptions(url), expected));
}

test("rediss is TLS, and a malformed URL of Redis is refused without its text", () => {
  assert.ok(redisOptions("rediss://h").tls);
  assert.throws(
    () => redisOptions("redis://:secret@h/name"),
    (thrown) => thrown instanceof GamedayError && !thrown.describe().includes("secret"),
  );
});

/**
 * What a PostgreSQL URL means for TLS, interpreted as psql does (libpq, "SSL Mode Descriptions"): `require` encrypts but verifies
 * nothing unless a root certificate exists, and without an sslmode TLS is preferred. The driver's own interpretation verifies the
 * server in both cases.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";

type Tls = pg.ClientConfig["ssl"];

const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"] as const;
type Mode = (typeof MODES)[number];

const OURS = ["sslmode", "ssl", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation", "uselibpqcompat"];

/**
 * Returns the ways to connect, in the order in which they are tried. Reads the certificates that the URL names, or those in
 * libpq's folder.
 */
export function waysToConnect(url: string, folder = join(homedir(), ".postgresql")): pg.ClientConfig[] {
  const at = url.indexOf("?");
  const parameters = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  const said = (name: string) => parameters.get(name) || undefined;
  const isSystem = said("sslrootcert") === "system";
  const mode = modeOf(said("sslmode") ?? (isSystem ? "verify-full" : undefined), said("ssl"));
  if (isSystem && mode !== "verify-full") throw weak(mode);
  const verified = verifiedTls(mode, said, folder);
  const isDirect = said("sslnegotiation") === "direct";
  const isLocal = (said("host") ?? "").startsWith("/") || /^\w+:\/\/([^/@]*@)?(%2F|\/)/i.test(url);
  for (const name of OURS) parameters.delete(name);
  const rest = parameters.size === 0 ? "" : `?${parameters}`;
  const connectionString = `${at < 0 ? url : url.slice(0, at)}${rest}`;
  const ways = isLocal ? [false as const] : TRIED[mode].map((isTls) => isTls && verified);
  return ways.map((ssl) => ({
    connectionString,
    ssl,
    ...(isDirect && ssl !== false && { sslnegotiation: "direct" as const }),
  }));
}

/** For each mode, the tries in order; true means over TLS. */
const TRIED: Readonly<Record<Mode, readonly boolean[]>> = {
  disable: [false],
  allow: [false, true],
  prefer: [true, false],
  require: [true],
  "verify-ca": [true],
  "verify-full": [true],
  "no-verify": [true],
};

/** `ssl=true` is JDBC's spelling of `require`, which libpq accepts for compatibility. */
function modeOf(given: string | undefined, ssl: string | undefined): Mode {
  if (given === undefined) return ssl === undefined ? "prefer" : /^(0|false)$/.test(ssl) ? "disable" : "require";
  const mode = MODES.find((known) => known === given);
  if (mode !== undefined) return mode;
  throw new GamedayError({
    code: "postgres-sslmode",
    expected: "sslmode of the URL to be one that psql knows",
    got: `"${given}"`,
    hint: suggestion(given, [...MODES]),
  });
}

/** As in libpq, a client that trusts the system's root certificates must also verify the server's name. */
function weak(mode: Mode): GamedayError {
  return new GamedayError({
    code: "postgres-sslmode",
    expected: "sslmode=verify-full with sslrootcert=system",
    got: `"${mode}", which psql refuses there`,
  });
}

function verifiedTls(mode: Mode, said: (name: string) => string | undefined, folder: string): Exclude<Tls, undefined> {
  const file = (parameter: string, usual: string) => {
    const given = said(parameter);
    if (given !== undefined && given !== "system") return readFileSync(given, "utf8");
    const path = join(folder, usual);
    return given === undefined && existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const ca = mode === "no-verify" ? undefined : file("sslrootcert", "root.crt");
  const cert = file("sslcert", "postgresql.crt");
  const key = cert === undefined ? undefined : file("sslkey", "postgresql.key");
  const passphrase = said("sslpassword");
  const own = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
  };
  if (mode === "verify-full") return own;
  const verifiesChain = mode === "verify-ca" || (mode === "require" && ca !== undefined);
  return verifiesChain ? { ...own, checkServerIdentity: () => undefined } : { ...own, rejectUnauthorized: false };
}

/** Creates certificates with openssl for one test, so that no private key is stored in the repository. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../../std/exec.ts";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Disposable {
  /** The authority's own certificate. */
  readonly cert: string;
  /** Issues a certificate for that host name; with `days` below 0 it has expired. */
  issue(name: string, days?: number): Promise<Certificate>;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export async function certificateAuthority(): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-certificates-"));
  const openssl = (...args: string[]) => exec(["openssl", ...args], { cwd: folder });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  await openssl("req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=test CA");
  let issued = 0;
  return {
    cert: read("ca.pem"),
    issue: async (name, days = 30) => {
      const [key, request, cert] = [`${++issued}.key`, `${issued}.csr`, `${issued}.pem`];
      const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
      await openssl("req", "-new", ...KEY, "-keyout", key, "-out", request, ...subject);
      const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy"];
      await openssl("x509", "-req", "-in", request, ...by, "-days", String(days), "-out", cert);
      return { cert: read(cert), key: read(key) };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

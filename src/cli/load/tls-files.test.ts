import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { certificateAuthority } from "../../load/http/certificates.fixture.ts";
import { messageOf } from "../../std/errors.ts";
import { exec } from "../../std/exec.ts";
import { tlsOf } from "./tls-files.ts";

test("unusable certificates and keys are reported before the load, each with what it is", async () => {
  using authority = await certificateAuthority();
  const folder = mkdtempSync(join(tmpdir(), "gameday-tls-"));
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const [own, other] = [await authority.issue("a.test"), await authority.issue("b.test")];
    const [ca, cert, key] = [file("ca.pem", authority.cert), file("a.pem", own.cert), file("a.key", own.key)];
    assert.deepEqual(tlsOf({}), {});
    assert.deepEqual(tlsOf({ ca, cert, key }), { ca: authority.cert, certificate: own.cert, key: own.key });
    const both = file("both.pem", `${own.key}${own.cert}`);
    assert.equal(tlsOf({ cert: both }).key, `${own.key}${own.cert}`);
    const locked = join(folder, "locked.key");
    await exec(["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", locked]);
    await exec(["openssl", "x509", "-in", cert, "-outform", "der", "-out", join(folder, "a.der")]);
    const torn = file("torn.pem", own.cert.replace(/\n.{64}\n/, "\nAAAA\n"));
    for (const [flags, says] of [
      [{ cert, key: locked }, /a key without a passphrase, got .*locked\.key: an encrypted key/],
      [{ cert: join(folder, "a.der"), key }, /a certificate in PEM, got .*a\.der: no PEM/],
      [{ ca: file("empty.pem", "") }, /--ca .*got .*an empty file/],
      [{ ca: key }, /--ca .*got .*a private key/],
      [{ cert: torn, key }, /one that cannot be read/],
      [{ cert, key: ca }, /a private key in PEM, got .*ca\.pem: a PEM file of "CERTIFICATE"/],
      [{ cert, key: file("b.key", other.key) }, /the key of the first certificate of --cert, got .*the key of another/],
      [{ cert }, /--key with --cert, got a certificate alone/],
      [{ key }, /--cert with --key, got a key alone/],
      [{ ca: join(folder, "none.pem") }, /no such file/],
    ] as const)
      assert.throws(
        () => tlsOf(flags),
        (thrown) => says.test(messageOf(thrown)) || assert.fail(messageOf(thrown)),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

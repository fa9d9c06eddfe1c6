/**
 * Reads the certificates and keys that flags name, so that errors in them are reported before the load, and not by thousands
 * of failed handshakes.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ClientPlan } from "../../plan.ts";
import { messageOf, systemReason } from "../../std/errors.ts";
import { wrong } from "./values.ts";

type Tls = Exclude<ClientPlan["tls"], undefined>;

interface TlsFlags {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;
const KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/** Throws GamedayError for a file that is not what its flag requires, and for a certificate and a key that do not match. */
export function tlsOf({ ca, cert, key }: TlsFlags): Tls {
  const authority = ca === undefined ? undefined : readText("--ca", ca);
  const certificate = cert === undefined ? undefined : readText("--cert", cert);
  if (authority !== undefined) demandCertificates("--ca", ca, authority);
  if (certificate !== undefined) demandCertificates("--cert", cert, certificate);
  if (certificate === undefined && key !== undefined) throw wrong("--cert with --key", "a key alone");
  const keyText = certificate === undefined ? undefined : keyOf(certificate, key);
  if (certificate !== undefined && keyText !== undefined) demandPair(certificate, keyText, key ?? cert ?? "");
  return {
    ...(authority === undefined ? {} : { ca: authority }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(keyText === undefined ? {} : { key: keyText }),
  };
}

/** Returns the key; the certificate's file may contain it. */
function keyOf(certificate: string, key: string | undefined): string {
  if (key !== undefined) return readText("--key", key);
  if (KEY.test(certificate)) return certificate;
  throw wrong("--key with --cert", "a certificate alone, and no key in its file");
}

function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw wrong(`${flag} to name a PEM file`, `${file}: ${systemReason(thrown)}`);
  }
}

function demandCertificates(flag: string, file: string | undefined, text: string): void {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0)
    throw wrong(`${flag} to name a file with a certificate in PEM`, `${file}: ${kindOf(text)}`, TO_PEM);
  for (const one of found) {
    try {
      new X509Certificate(one.replaceAll("TRUSTED ", ""));
    } catch (thrown) {
      throw wrong(
        `${flag} to name a file with certificates in PEM`,
        `${file}: one that cannot be read (${messageOf(thrown)})`,
      );
    }
  }
}

const TO_PEM = "openssl x509 -inform der -in FILE -out FILE.pem turns DER into PEM";

function kindOf(text: string): string {
  if (text.trim() === "") return "an empty file";
  if (KEY.test(text)) return "a private key";
  const [, other] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text) ?? [];
  return other === undefined ? "no PEM" : `a PEM file of "${other}"`;
}

function demandPair(certificate: string, key: string, file: string): void {
  const secret = keyIn(key, file);
  const [first = ""] = certificate.match(CERTIFICATE) ?? [];
  if (new X509Certificate(first.replaceAll("TRUSTED ", "")).checkPrivateKey(secret)) return;
  throw wrong("--key to be the key of the first certificate of --cert", `${file}: the key of another`);
}

function keyIn(text: string, file: string): KeyObject {
  if (!KEY.test(text)) throw wrong("--key to name a file with a private key in PEM", `${file}: ${kindOf(text)}`);
  try {
    return createPrivateKey(text);
  } catch (thrown) {
    if (/ENCRYPTED|passphrase/i.test(`${text} ${messageOf(thrown)}`))
      throw wrong(
        "--key to name a key without a passphrase",
        `${file}: an encrypted key`,
        "openssl pkey -in KEY -out KEY.plain removes the passphrase; keep that file private",
      );
    throw wrong(
      "--key to name a file with a private key in PEM",
      `${file}: one that cannot be read (${messageOf(thrown)})`,
    );
  }
}

/**
 * `${var:NAME}` and `${var:NAME:-default}` in a plan stand for a value that differs from place to place and is not secret: a
 * host, a port, a number of users. It is never redacted. If a variable is the whole of an unquoted value, numbers, true and
 * false are read as YAML reads them.
 */
import { type Scalar, visit } from "yaml";
import { GamedayError } from "../std/errors.ts";
import { placeAtOffset, type Source } from "./place.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{var:([A-Za-z_]\w*)(?::-([^}]*))?\}/g;
/** The pattern of a malformed variable, which would otherwise be taken as text. */
const ODD = /\$\{(?:var|env):?[^}]*\}?/;
const PROPER = /^\$\{(?:var:[A-Za-z_]\w*(?::-[^}]*)?|env:[A-Za-z_]\w*)\}$/;

/** Fills in all variables in place. Throws GamedayError, with its place, if there is neither a value nor a default. */
export function fillVariables(source: Source, environment: Environment): void {
  visit(source.document, {
    Scalar: (_key, node) => {
      if (typeof node.value === "string" && node.value.includes("${"))
        fill(node as Scalar<string>, source, environment);
    },
  });
}

function fill(node: Scalar<string>, source: Source, environment: Environment): void {
  for (const [odd] of node.value.matchAll(new RegExp(ODD, "g"))) if (!PROPER.test(odd)) throw oddOne(odd, node, source);
  const text = node.value.replaceAll(VARIABLE, (_whole, name: string, byDefault: string | undefined) => {
    const given = environment[name];
    // As in a shell, ":-" treats an empty variable as unset.
    const value = given === undefined || (given === "" && byDefault !== undefined) ? byDefault : given;
    if (value === undefined) throw missing(name, node, source);
    return value;
  });
  const isWhole = node.type === "PLAIN" && node.value.replace(VARIABLE, "") === "";
  (node as Scalar).value = isWhole && text !== node.value ? plain(text) : text;
}

function plain(text: string): string | number | boolean {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

function missing(name: string, node: Scalar, source: Source): GamedayError {
  return new GamedayError({
    code: "plan-variable-missing",
    expected: `the environment variable ${name}, which the plan names as \${var:${name}}`,
    got: "no such variable",
    hint: `export ${name}=... and run again, or give a default: \${var:${name}:-...}`,
    place: placeOf(node, source),
  });
}

function oddOne(odd: string, node: Scalar, source: Source): GamedayError {
  return new GamedayError({
    code: "plan-variable",
    expected: `\${var:NAME}, \${var:NAME:-default} or, for a secret, \${env:NAME}`,
    got: `"${odd.slice(0, 60)}"`,
    hint: "a secret has no default, because secrets do not belong in a plan",
    place: placeOf(node, source),
  });
}

function placeOf(node: Scalar, source: Source) {
  return placeAtOffset(source, node.range?.[0] ?? 0);
}

/** Reads a hook's file. Secrets stand in it as ${env:NAME} and are taken from the environment; they are never shown. */
import { plainValue, readYaml } from "../../plan/yaml.ts";
import { ExitCode, GamedayError, systemReason } from "../../std/errors.ts";
import { readGiven } from "../../std/given-file.ts";
import type { Json } from "../../std/json.ts";
import { isRecord } from "../../std/json.ts";
import { type HookFile, hookSchema } from "./schema.ts";
import { unknownPlaceholders } from "./template.ts";

const FILE_BYTES_MAX = 64 << 10;
const SECRET = /\$\{env:([A-Za-z_]\w*)\}/g;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws GamedayError for a file that is no hook, and for a variable that is not set. */
export function readHook(file: string, env: Environment, placeholders: ReadonlySet<string>): HookFile {
  const parsed = hookSchema.safeParse(withSecrets(documentOf(file), file, env));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw bad(
      file,
      `a hook whose ${issue?.path.join(".") || "file"} is as docs/guide/metrics.md describes it`,
      issue?.message ?? "",
    );
  }
  const hook = parsed.data;
  for (const request of [hook.begin, ...(hook.end === undefined ? [] : [hook.end])]) {
    const [unknown] = unknownPlaceholders(request, placeholders);
    if (unknown !== undefined) throw bad(file, `one of {${[...placeholders].join("}, {")}}`, `{${unknown}}`);
    if (!/^https?:\/\//i.test(request.url))
      throw bad(file, "a url that begins with http:// or https://", "another one");
  }
  return hook;
}

function documentOf(file: string): Json {
  try {
    const text = readGiven(file, { as: "a hook", bytesMax: FILE_BYTES_MAX }).toString("utf8");
    return plainValue(readYaml(text, file));
  } catch (thrown) {
    if (thrown instanceof GamedayError) throw thrown;
    throw bad(file, "a hook's file to read", systemReason(thrown));
  }
}

function withSecrets(value: Json, file: string, env: Environment): Json {
  if (Array.isArray(value)) return value.map((each) => withSecrets(each, file, env));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withSecrets(each as Json, file, env)]));
  if (typeof value !== "string") return value;
  return value.replaceAll(SECRET, (_whole, name: string) => {
    const given = env[name];
    if (given === undefined)
      throw bad(file, `the environment variable ${name}, which the hook names`, "no such variable");
    return given;
  });
}

function bad(file: string, expected: string, got: string): GamedayError {
  return new GamedayError({ code: "bad-hook", expected, got, exitCode: ExitCode.usage, place: { file } });
}

/** Describes for people why the API server did not carry out a request. */
import { ExitCode, GamedayError } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";
import { type Call, resourceOf } from "./path.ts";

const REASONS: Readonly<Record<number, string>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "gone",
  422: "invalid",
  429: "too-many-requests",
};

export function answerTrouble(
  call: Call,
  { status, text }: { readonly status: number; readonly text: string },
  context: string,
): GamedayError {
  const { verb, namespace, name } = call;
  const reason = REASONS[status] ?? "failed";
  const hint = hintOf(call, status, context);
  return new GamedayError({
    code: `kubernetes-${reason}`,
    expected: `to ${verb} ${resourceOf(call)}${name === undefined ? "" : ` ${name}`} in namespace ${namespace} (context ${context})`,
    got: `${status}: ${messageIn(text)}`,
    ...(hint === null ? {} : { hint }),
    exitCode: ExitCode.notReady,
  });
}

function hintOf(call: Call, status: number, context: string): string | null {
  const { verb, namespace } = call;
  if (status === 401) return `log in again: kubectl --context ${context} get pods`;
  if (status === 403)
    return `the missing right: verb "${verb}" on resource "${resourceOf(call)}" in namespace ${namespace}`;
  if (status === 404 && verb === "create") return `kubectl create namespace ${namespace}`;
  return null;
}

/** Returns the `message` of a Status object, or the text itself: a proxy before the server may send anything. */
export function messageIn(text: string): string {
  try {
    const said: unknown = JSON.parse(text);
    if (isRecord(said) && typeof said["message"] === "string") return said["message"];
  } catch {
    // not JSON: shown as it is
  }
  return text.trim().slice(0, 300) || "no explanation";
}

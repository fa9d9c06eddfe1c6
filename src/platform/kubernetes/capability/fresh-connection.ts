/** A fresh connection from inside a pod, which shows what no look at the API can: whether packets still pass. */
import { podsByRole } from "../look.ts";
import { isPresent, type PodObject } from "../objects.ts";
import { type Parts, refuse } from "../parts.ts";
import { roleOf } from "../roles.ts";
import { besideRole } from "./held.ts";

const ANSWER_MS = 2_000;
/** Returns a program that prints "connected", the code of the refusal, or "no answer". */
const connect = (host: string, port: number) => `
const socket = require("net").connect(${JSON.stringify({ host, port })});
const end = (says) => { clearTimeout(timer); socket.destroy(); console.log(says); };
const timer = setTimeout(() => end("no answer"), ${ANSWER_MS});
socket.on("connect", () => end("connected")).on("error", (error) => end(error.code));`;

/** Returns "connected", the system's code for the refusal, or "no answer". Throws when the attempt itself could not be made. */
export async function connects(
  parts: Parts,
  from: PodObject,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<string> {
  const argv = ["node", "-e", connect(host, port)];
  const { code, stdout, stderr } = await parts.tools.exec(from, besideRole(parts, from), argv, { signal });
  if (code !== 0) throw refuse(`a connection from pod ${from.metadata.name}`, stderr.trim() || `exit code ${code}`);
  return stdout.trim();
}

/** Returns a running pod of the plan's roles that is none of these. */
export async function peerOf(parts: Parts, others: readonly PodObject[], signal: AbortSignal): Promise<PodObject> {
  const { pods } = await podsByRole(parts.api, parts.config, signal);
  const uids = new Set(others.map(({ metadata }) => metadata.uid));
  const peer = Object.values(pods)
    .flat()
    .find((pod) => isPresent(pod) && pod.status?.phase === "Running" && !uids.has(pod.metadata.uid));
  if (peer !== undefined) return peer;
  throw refuse(
    "another pod of the plan's roles, from which to try a connection",
    "none that would not be cut off as well",
  );
}

/** Returns the port on which the pod of a role answers. */
export function portOf({ config }: Pick<Parts, "config">, pod: PodObject): number {
  const role = roleOf(config, pod);
  const given = role === "postgres" ? config.postgres?.port : role === "redis" ? config.redis?.port : undefined;
  const port = given ?? pod.spec?.containers?.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  if (port !== undefined) return port;
  throw refuse(`a port of pod ${pod.metadata.name}, to try a connection to`, "none in its containers");
}

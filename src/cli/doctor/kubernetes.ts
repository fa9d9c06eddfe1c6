/** Whether a kubeconfig exists, and which contexts it has. The cluster itself is asked by `gameday check`, not here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Diagnosis } from "../../platform/lab/diagnosis.ts";

const NAME = "kubeconfig";
const PURPOSE = "access to a cluster";
const IN_POD = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Returns the line about the kubeconfig that would be used. */
export function diagnoseKubernetes(env: Readonly<Record<string, string | undefined>>): Diagnosis[] {
  const given = env["KUBECONFIG"];
  const files = given ? given.split(":").filter((file) => file !== "") : [join(env["HOME"] ?? "/", ".kube", "config")];
  const found = files.filter((file) => existsSync(file));
  if (found.length === 0 && existsSync(IN_POD)) return [line("the service account of this pod", "ok", null)];
  if (found.length === 0)
    return [
      line(
        `none at ${files.join(", ")}`,
        "missing",
        "set KUBECONFIG, or request one from the administrator of the cluster",
      ),
    ];
  return found.map((file) => contextsIn(file));
}

function contextsIn(file: string): Diagnosis {
  try {
    const names = namesOf(parse(readFileSync(file, "utf8")));
    if (names.length > 0) return line(`${file}: ${names.join(", ")}`, "ok", null);
    return line(`${file}: no context`, "missing", "kubectl config get-contexts lists them");
  } catch {
    return line(`${file}: cannot be read`, "missing", "it must be a kubeconfig in YAML that you may read");
  }
}

function namesOf(config: unknown): string[] {
  const contexts: unknown =
    typeof config === "object" && config !== null && "contexts" in config ? config.contexts : [];
  if (!Array.isArray(contexts)) return [];
  return contexts.flatMap((one: unknown) =>
    typeof one === "object" && one !== null && "name" in one && typeof one.name === "string" ? [one.name] : [],
  );
}

function line(seen: string, state: Diagnosis["state"], remedy: string | null): Diagnosis {
  return { name: NAME, purpose: PURPOSE, seen, state, remedy };
}

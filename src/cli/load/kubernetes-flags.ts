/** The flags of `gameday load` whose workers are pods, and their meaning. */
import type { NetworkInterfaceInfo } from "node:os";
import { Option } from "commander";
import { parseListen } from "../../load/wire/gateway.ts";
import { GamedayError } from "../../std/errors.ts";

export interface KubernetesFlags {
  readonly kubernetes?: boolean;
  readonly manifest?: boolean;
  readonly namespace?: string;
  readonly context?: string;
  readonly image?: string;
  readonly advertise?: string;
  readonly scriptPath?: string;
  readonly workerCpu: string;
  readonly workerMemory: string;
  readonly joinWithin?: string;
}

export const LISTEN_ALL = "0.0.0.0:7070";

export function kubernetesOptions(): Option[] {
  return [
    new Option("--kubernetes", `the workers are pods of an Indexed Job (listens on ${LISTEN_ALL} without --listen)`),
    new Option("--image <name>", "the workers' image, which has gameday on its PATH"),
    new Option("--namespace <name>", "the Job's namespace (default: the context's)"),
    new Option("--context <name>", "the context of the kubeconfig (default: its current one)"),
    new Option("--advertise <host:port>", "where pods reach this coordinator (default: this machine's only address)"),
    new Option(
      "--script-path <folder>",
      "where the scripts' folder lies on the workers (default with --kubernetes: a ConfigMap)",
    ),
    new Option("--worker-cpu <cores>", "CPU of each pod").default("1"),
    new Option("--worker-memory <bytes>", "memory of each pod").default("1Gi"),
    new Option("--join-within <time>", "how long all workers may take to join (default 10m; 2m with --kubernetes)"),
    new Option("--manifest", "print what --kubernetes would create, as YAML, and do nothing"),
  ];
}

/**
 * Returns the URL for `gameday worker --join`. `towards` is the address of this machine that the cluster reaches, if it is known.
 * Throws GamedayError if it is not and this machine has several addresses, or none.
 */
export function joinUrlOf(
  flags: KubernetesFlags & { readonly listen?: string },
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  towards: string | null = null,
): string {
  const { host, port } = parseListen(flags.listen ?? LISTEN_ALL);
  if (flags.advertise !== undefined) return advertised(flags.advertise);
  if (!["0.0.0.0", "::", "127.0.0.1", "::1", "localhost"].includes(host)) return `http://${bracketed(host)}:${port}`;
  if (towards !== null) return `http://${towards}:${port}`;
  const addresses = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
  const [address, ...others] = addresses;
  if (address !== undefined && others.length === 0) return `http://${address}:${port}`;
  throw new GamedayError({
    code: "which-address",
    expected: "to know at which address of this machine the pods reach the coordinator",
    got: addresses.length === 0 ? "none" : `several: ${addresses.join(", ")}`,
    hint: `--advertise ${address ?? "HOST"}:${port}`,
  });
}

function advertised(text: string): string {
  if (/^(https?|wss?):\/\//.test(text) && URL.canParse(text)) return text;
  if (/^(\[[0-9a-f:]+\]|[^\s:/[\]]+):\d{1,5}$/i.test(text)) return `http://${text}`;
  throw new GamedayError({
    code: "bad-flag",
    expected: '--advertise as HOST:PORT such as "10.0.0.5:7070"',
    got: JSON.stringify(text),
  });
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Refuses flags that cannot be combined, or that are missing. */
export function refuseKubernetesFlags(flags: KubernetesFlags & { readonly listen?: string }): void {
  if (flags.kubernetes !== true && flags.manifest !== true) {
    const alone = (["image", "namespace", "context", "advertise"] as const).find((name) => flags[name] !== undefined);
    if (alone !== undefined) throw wrong(`--kubernetes with --${alone}`, "not");
    if (flags.scriptPath !== undefined && flags.listen === undefined)
      throw wrong("--listen or --kubernetes with --script-path", "neither");
    return;
  }
  if (flags.image === undefined)
    throw wrong("--image with --kubernetes, which is the image of the workers' pods", "none");
  for (const name of ["workerCpu", "workerMemory"] as const) {
    if (!/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.test(flags[name]))
      throw wrong(
        '--worker-cpu and --worker-memory as Kubernetes writes them ("500m", "1Gi")',
        JSON.stringify(flags[name]),
      );
  }
  if (flags.namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(flags.namespace))
    throw wrong(
      "--namespace as Kubernetes allows it: lower-case letters, digits and -",
      JSON.stringify(flags.namespace),
    );
}

function wrong(expected: string, got: string): GamedayError {
  return new GamedayError({ code: "bad-flag", expected, got, hint: "gameday load --help" });
}

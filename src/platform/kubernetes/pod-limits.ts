/**
 * The limits that hold for a pod as a whole, ephemeral containers included. The kubelet sets one only where every container declares it
 * (kubernetes/pkg/kubelet/cm/helpers_linux.go, ResourceConfigForPod). Pure.
 */
import type { ContainerSpec, PodObject } from "./objects.ts";

const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  n: 1e-9,
  u: 1e-6,
};

/** Parses a quantity as Kubernetes writes it: "500m", "2", "256Mi", "1e3". Returns NaN for anything else. */
export function parseQuantity(text: string): number {
  const [, number = "", suffix = ""] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return number === "" ? Number.NaN : Number(number) * (SUFFIXES[suffix] ?? Number.NaN);
}

/** Returns the pod's limit of CPUs or of bytes; null when it has none. */
export function podLimit({ spec }: PodObject, resource: "cpu" | "memory"): number | null {
  const whole = spec?.resources?.limits?.[resource];
  if (whole !== undefined) return parseQuantity(whole);
  const [containers, first] = [spec?.containers ?? [], spec?.initContainers ?? []];
  const limits = [...containers, ...first].map((container) => limitOf(container, resource));
  if (limits.length === 0 || limits.some((limit) => limit === null)) return null;
  const together = [...containers, ...first.filter(({ restartPolicy }) => restartPolicy === "Always")];
  const sum = together.reduce((total, container) => total + (limitOf(container, resource) ?? 0), 0);
  return Math.max(sum, ...first.map((container) => limitOf(container, resource) ?? 0));
}

/** Returns the containers that declare no limit, because of which the pod has none. */
export function withoutLimit({ spec }: PodObject, resource: "cpu" | "memory"): string[] {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return all.filter((container) => limitOf(container, resource) === null).map(({ name }) => name);
}

function limitOf({ resources }: ContainerSpec, resource: "cpu" | "memory"): number | null {
  const text = resources?.limits?.[resource];
  return text === undefined ? null : parseQuantity(text);
}

/** The parts that all OTLP/JSON messages share: attributes, the resource, and times as decimal texts of nanoseconds. */
import type { RunContext } from "../../output.ts";

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

export function attributesOf(labels: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value.toWellFormed() } }));
}

/** Returns a moment of the run in nanoseconds since 1970, exact to a microsecond. */
export function nanosecondsAt({ startedAtMs }: Pick<RunContext, "startedAtMs">, atMs: number): string {
  return `${BigInt(Math.round((startedAtMs + atMs) * 1_000))}000`;
}

/** What the metrics and spans are about: this run of this version. */
export function resourceOf({ runId, plan, platform, version, redact }: RunContext): { attributes: Attribute[] } {
  const clean = redact ?? ((text: string) => text);
  return {
    attributes: attributesOf({
      "service.name": "gameday",
      "service.version": version,
      "service.instance.id": runId,
      "gameday.run": runId,
      "gameday.plan": clean(plan),
      "gameday.platform": platform,
    }),
  };
}

export const SCOPE = { name: "gameday" };

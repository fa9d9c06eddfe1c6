/** The catalogue entry for platforms that someone else runs. */
import type { Plan } from "../../plan.ts";
import type { Target } from "../../platform.ts";
import type { PlatformContext, PlatformKind } from "../kind.ts";
import { externalConfig } from "./config.ts";
import { ExternalPlatform, targetOf } from "./platform.ts";

export const externalKind: PlatformKind = {
  name: "external",
  schema: externalConfig,
  capabilities: ["command"],
  exclusive: false,
  tells: [],
  create: async (config, context) => open(config, context),
  attach: async (config, context) => open(config, context),
  plannedTopology,
  givenCommands: (config) =>
    externalConfig
      .parse(config)
      .logs.flatMap((log, index) => ("command" in log ? [{ at: ["logs", index, "command"], argv: log.command }] : [])),
  whyNoSql: (config) =>
    externalConfig.parse(config).members.some(({ role, url }) => role === "postgres" && url !== undefined)
      ? null
      : 'no member with role "postgres" and a url',
  plannedCommands: (config) =>
    externalConfig.parse(config).logs.flatMap((log) => ("command" in log ? [log.command] : [])),
};

function open(config: Plan["platform"], { clock, planFolder }: PlatformContext): ExternalPlatform {
  return new ExternalPlatform(externalConfig.parse(config), clock, planFolder);
}

/**
 * Returns the members as targets. The real leader is known only by querying them, so the first member of each role that has
 * leaders stands for it.
 */
function plannedTopology(config: Plan["platform"]): Target[] {
  const led = new Set<string>();
  return externalConfig.parse(config).members.map((member) => {
    const leader = member.url !== undefined && member.role !== "sentinel" && !led.has(member.role);
    if (leader) led.add(member.role);
    return targetOf(member, { healthy: true, leader });
  });
}

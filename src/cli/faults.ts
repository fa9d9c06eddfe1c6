import { Command } from "commander";
import type { World } from "../cli.ts";
import { FAULTS } from "../fault/catalogue.ts";
import { describeType } from "../fault/parameter.ts";
import type { FaultKind } from "../fault.ts";
import type { PlatformKind } from "../platform/kind.ts";
import { PLATFORMS } from "../run/platforms.ts";

/** One fault as `gameday faults --json` prints it. */
export interface FaultRecord {
  readonly name: string;
  readonly says: string;
  readonly needs: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly says: string;
    /** Absent: the plan must give it. Durations are in milliseconds. */
    readonly default?: unknown;
  }[];
  readonly platforms: Readonly<Record<string, boolean>>;
}

/** `gameday faults`: lists what can be broken, and on which platforms. */
export function faultsCommand(world: World, kinds: readonly PlatformKind[] = PLATFORMS): Command {
  return new Command("faults")
    .description("list all faults, their parameters, and the platforms that support them")
    .option("--json", "print JSON")
    .action((flags: { json?: boolean }) => {
      const records = FAULTS.map((kind) => faultRecord(kind, kinds));
      world.stdout.write(flags.json === true ? `${JSON.stringify(records, null, 2)}\n` : asText(records));
    });
}

export function faultRecord(kind: FaultKind, kinds: readonly PlatformKind[]): FaultRecord {
  const supports = (platform: PlatformKind) => kind.needs.every((need) => platform.capabilities.includes(need));
  const parameters = Object.entries(kind.parameters).map(([name, parameter]) => ({
    name,
    type: describeType(parameter),
    says: parameter.says,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
  }));
  const platforms = Object.fromEntries(kinds.map((platform) => [platform.name, supports(platform)]));
  return { name: kind.name, says: kind.says, needs: kind.needs, parameters, platforms };
}

function asText(records: readonly FaultRecord[]): string {
  const width = Math.max(...records.map((record) => record.name.length)) + 2;
  return records.map((record) => `${lines(record, width).join("\n")}\n`).join("");
}

function lines({ name, says, parameters, platforms }: FaultRecord, width: number): string[] {
  const supported = Object.entries(platforms).flatMap(([platform, supports]) => (supports ? [platform] : []));
  const indent = " ".repeat(width);
  return [
    `${name.padEnd(width)}${says}`,
    ...parameters.map((one) => `${indent}with ${one.name}: ${one.says} (${one.type})`),
    `${indent}on ${supported.join(", ") || "no platform"}`,
  ];
}

import { availableParallelism, totalmem } from "node:os";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type Diagnosis, diagnoseLab } from "../platform/lab/diagnosis.ts";
import { ExitCode } from "../std/errors.ts";
import { diagnoseKubernetes } from "./doctor/kubernetes.ts";
import { diagnoseLoad } from "./doctor/load.ts";
import { stateFolderOf } from "./state-folder.ts";

/** One part of what the tool does, and what it needs for it. */
interface Section {
  readonly does: string;
  readonly lines: readonly Diagnosis[];
}

/** `gameday doctor`: says what this machine can do, and how to get the rest. It changes nothing and contacts nobody. */
export function doctorCommand(world: World): Command {
  return new Command("doctor")
    .description("report what this machine can do, and how to install the rest; changes nothing")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExit codes: 0 when the lab can run here, 4 when something that it needs is missing.")
    .action((flags: { json?: boolean }) => {
      const sections = examine(world);
      const [, lab] = sections;
      world.stdout.write(
        flags.json === true ? `${JSON.stringify(sections, null, 2)}\n` : renderDoctor(world.version, sections),
      );
      world.setExitCode(
        lab?.lines.some(({ state }) => state === "missing") === true ? ExitCode.notReady : ExitCode.pass,
      );
    });
}

function examine(world: World): Section[] {
  const machine = { cores: availableParallelism(), memoryBytes: totalmem() };
  return [
    { does: "load (gameday load)", lines: diagnoseLoad(machine) },
    {
      does: "the lab (gameday run, platform kind lab)",
      lines: diagnoseLab(stateFolderOf(world), world.env["PATH"] ?? ""),
    },
    { does: "Kubernetes (platform kind kubernetes)", lines: diagnoseKubernetes(world.env) },
  ];
}

const MARK = { ok: "ok     ", limited: "LIMITED", missing: "MISSING" } as const;

/** Returns the text for people: each section with a headline that says whether it works. */
export function renderDoctor(version: string, sections: readonly Section[]): string {
  const lines = sections.flatMap(({ does, lines: found }) => [
    "",
    `${found.some(({ state }) => state === "missing") ? "NOT READY" : "ready"}: ${does}`,
    ...found.flatMap(renderLine),
  ]);
  return `gameday ${version}, Node ${process.version}${lines.map((line) => `\n${line}`).join("")}\n`;
}

function renderLine({ name, purpose, seen, state, remedy }: Diagnosis): string[] {
  const line = `  ${MARK[state]} ${name}: ${seen}${state === "ok" ? "" : ` (for: ${purpose})`}`;
  return remedy === null ? [line] : [line, `          ${remedy}`];
}

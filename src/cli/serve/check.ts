/** Checks a plan as `gameday check` does, for an answer instead of a terminal. */

import type { CheckAnswer } from "../../api/bodies.ts";
import type { World } from "../../cli.ts";
import { faultNamed } from "../../fault/catalogue.ts";
import { estimate } from "../../plan/estimate.ts";
import type { Plan } from "../../plan.ts";
import { GamedayError } from "../../std/errors.ts";
import { checkPlanFile } from "../check.ts";
import { readPlanFile } from "../plan-file.ts";

const FINDINGS_MAX = 50;
/** The platforms that a run makes itself, and that nobody else uses. */
const OWN_PLATFORMS: readonly string[] = ["lab", "fake"];

export async function checkPlanForApi(world: World, path: string, seed: string | undefined): Promise<CheckAnswer> {
  const output: string[] = [];
  let sound = false;
  const errors: GamedayError[] = [];
  const listening: World = {
    ...world,
    get cwd() {
      return world.cwd;
    },
    stdout: { isTTY: false, columns: 200, write: (text) => void output.push(text) },
    stderr: { isTTY: false, columns: 200, write: () => undefined },
    setExitCode: () => undefined,
  };
  try {
    sound = await checkPlanFile(listening, path, seed, (error) => errors.push(error));
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    errors.push(thrown);
  }
  const findings = errors.slice(0, FINDINGS_MAX).map(findingOf);
  const says = output
    .join("")
    .split("\n")
    .filter((line) => line !== "");
  return { sound: sound && errors.length === 0, findings, says, ...natureOf(world, path) };
}

type Nature = Pick<CheckAnswer, "platform" | "expectedMs" | "needsConfirm" | "hasCode">;

function natureOf(world: World, path: string): Nature {
  try {
    const { plan } = readPlanFile(world, path);
    const { kind } = plan.platform;
    return {
      platform: kind,
      expectedMs: estimate(plan).durationMs,
      needsConfirm: !OWN_PLATFORMS.includes(kind),
      hasCode: hasCommands(plan),
    };
  } catch {
    return { platform: null, expectedMs: null, needsConfirm: true, hasCode: true }; // it is not sound, and the findings say why
  }
}

function hasCommands({ experiments, stopWhen }: Plan): boolean {
  return (
    experiments.some(({ fault }) => faultNamed(fault).needs.includes("command")) ||
    stopWhen.probes.some((probe) => "argv" in probe)
  );
}

function findingOf({ code, message, hint, place }: GamedayError): CheckAnswer["findings"][number] {
  return {
    code,
    says: message,
    hint: hint ?? null,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
  };
}

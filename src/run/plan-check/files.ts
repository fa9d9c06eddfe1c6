import { statSync } from "node:fs";
import { systemReason } from "../../std/errors.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

/** Requires every module that the plan names to be a file. */
export function checkFiles({ plan, placeOf }: Parsed): PlanProblem[] {
  return filesOf(plan).flatMap(({ path, at }) => {
    const got = whyNoFile(path);
    if (got === null) return [];
    const hint = "paths in a plan are relative to the plan's folder";
    return [{ code: "plan-missing-file", expected: `the file ${path}`, got, hint, place: placeOf(at) }];
  });
}

function filesOf({ load, probes, experiments }: Parsed["plan"]): { path: string; at: PropertyKey[] }[] {
  return [
    ...load.scenarios.map(({ file }, index) => ({ path: file, at: ["load", "scenarios", index, "file"] })),
    ...(probes === null ? [] : [{ path: probes.file, at: ["probes"] }]),
    ...experiments.flatMap(({ insideProbes }, index) =>
      insideProbes === undefined ? [] : [{ path: insideProbes, at: ["experiments", index, "insideProbes"] }],
    ),
  ];
}

function whyNoFile(path: string): string | null {
  try {
    return statSync(path).isFile() ? null : "a folder, not a file";
  } catch (thrown) {
    return systemReason(thrown);
  }
}

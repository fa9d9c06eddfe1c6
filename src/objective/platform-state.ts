/** Measures the platform itself: redundancy after a fault, and manual interventions. */
import { exactly, type Measure, nothing } from "./measure.ts";

export const checksUnmet: Measure = {
  name: "health-checks-unmet",
  unit: "checks",
  says: "Health checks that failed after a fault was healed, or at the end: redundancy that was not restored.",
  over: [{ name: "experiment", required: false, says: "after this experiment; default: at the end of the run" }],
  read(over, { story }) {
    const name = over["experiment"];
    const lines =
      name === undefined
        ? story.health.filter((line) => line.moment === "after-run")
        : (story.experiments.find((one) => one.name === name)?.health ?? []).filter(
            (line) => line.moment === "after-fault",
          );
    if (lines.length === 0)
      return nothing(`health was not checked ${name === undefined ? "at the end" : `after "${name}"`}`);
    const unmet = lines.filter((line) => !line.ok);
    const witnesses = unmet.map(
      (line) => `${(line.atMs / 1000).toFixed(1)} s, ${line.name}: expected ${line.expected}, seen ${line.seen}`,
    );
    return { range: exactly(unmet.length), says: `${unmet.length} of ${lines.length} checks failed`, witnesses };
  },
};

export const manualInterventions: Measure = {
  name: "manual-interventions",
  unit: "commands",
  says: "Control commands by people during the run.",
  over: [],
  read(_over, { story }) {
    const manual = story.controls.filter((control) => control.manual);
    const witnesses = manual.map(
      (control) => `${(control.atMs / 1000).toFixed(1)} s: ${control.command} by ${control.by}`,
    );
    return { range: exactly(manual.length), says: `${manual.length} commands by people`, witnesses };
  },
};

/** What was seen of the platform itself: redundancy after a fault, restarts nobody asked for, hands that helped. */
import { contains } from "../outage/span.ts";
import { exactly, type Measure, nothing } from "./measure.ts";
import { provenBy } from "./watched.ts";

export const checksUnmet: Measure = {
  name: "health-checks-unmet",
  unit: "checks",
  says: "Health checks that did not hold after a fault was healed, or at the end: redundancy that was not restored.",
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
      return nothing(`health was not looked at ${name === undefined ? "at the end" : `after "${name}"`}`);
    const unmet = lines.filter((line) => !line.ok);
    const witnesses = unmet.map(
      (line) => `${(line.atMs / 1000).toFixed(1)} s, ${line.name}: expected ${line.expected}, seen ${line.seen}`,
    );
    return { range: exactly(unmet.length), says: `${unmet.length} of ${lines.length} checks did not hold`, witnesses };
  },
};

export const unexpectedRestarts: Measure = {
  name: "unexpected-restarts",
  unit: "restarts",
  says: "Restarts that no fault of the plan asked for (crashes, OOM kills), outside the fault windows.",
  watches: "restarts",
  over: [
    {
      name: "window",
      required: false,
      says: "`whole` counts those inside the fault windows too",
      values: ["outside", "whole"],
    },
  ],
  read(over, { story, windows }) {
    const outside = windows.find((window) => window.key === "outside")?.spans ?? [];
    const all = over["window"] === "whole";
    const during = story.experiments.length === 0 || all;
    const found = story.restarts.filter(
      (restart) => !restart.expected && (during || outside.some((span) => contains(span, restart.atMs))),
    );
    const witnesses = found.map(
      (restart) => `${(restart.atMs / 1000).toFixed(1)} s: ${restart.target}: ${restart.reason}`,
    );
    const says = `${found.length} restarts that nobody asked for`;
    return { range: exactly(found.length), says, witnesses, ...provenBy(story) };
  },
};

export const manualInterventions: Measure = {
  name: "manual-interventions",
  unit: "commands",
  says: "Control commands by hand during the run.",
  over: [],
  read(_over, { story }) {
    const manual = story.controls.filter((control) => control.manual);
    const witnesses = manual.map(
      (control) => `${(control.atMs / 1000).toFixed(1)} s: ${control.command} by ${control.by}`,
    );
    return { range: exactly(manual.length), says: `${manual.length} commands by hand`, witnesses };
  },
};

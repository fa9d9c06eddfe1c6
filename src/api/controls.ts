/** Every control that people have, once, for the page's buttons and the server's operations. A test holds both to this list. */

export interface Control {
  readonly name: string;
  /** The operation that does it (operations.ts). */
  readonly operation: string;
  readonly label: string;
  /** What the page asks before; null: one click does it. */
  readonly asks: string | null;
  /** Whether it concerns one run; the others concern the machine or the server. */
  readonly ofRun: boolean;
}

export const CONTROL_NAMES = [
  "start-plan",
  "check-plan",
  "start-load",
  "change-load",
  "inject",
  "heal-one",
  "stop",
  "kill-switch",
  "mark",
  "reset",
  "download",
  "residue",
  "heal-residue",
  "judge",
  "compare",
] as const;
export type ControlName = (typeof CONTROL_NAMES)[number];

export const CONTROLS: Readonly<Record<ControlName, Omit<Control, "name">>> = {
  "start-plan": {
    operation: "startRun",
    label: "Start a plan",
    asks: "It shows what the plan will touch, for how long, and which targets its faults will hit.",
    ofRun: false,
  },
  "check-plan": { operation: "checkPlan", label: "Check a plan", asks: null, ofRun: false },
  "start-load": {
    operation: "startLoad",
    label: "Start a load",
    asks: "It shows the host that will receive the requests.",
    ofRun: false,
  },
  "change-load": {
    operation: "changeLoad",
    label: "Change load",
    asks: "The plan's stages end here, and this counts as a manual intervention.",
    ofRun: true,
  },
  inject: {
    operation: "injectFault",
    label: "Inject a fault",
    asks: "It shows the names of what would be hit now. The fault heals by itself when its hold is over.",
    ofRun: true,
  },
  "heal-one": {
    operation: "healExperiment",
    label: "Heal now",
    asks: "The recovery will count as Gameday's, not the platform's.",
    ofRun: true,
  },
  stop: {
    operation: "stopRun",
    label: "Heal and stop",
    asks: "The run heals its faults first. Its verdict will be unknown: stopped by hand.",
    ofRun: true,
  },
  "kill-switch": { operation: "setSwitch", label: "Stop everything", asks: null, ofRun: false },
  mark: { operation: "markMoment", label: "Mark a moment", asks: null, ofRun: true },
  reset: { operation: "resetFigures", label: "Reset shown figures", asks: null, ofRun: true },
  download: { operation: "downloadFile", label: "Download", asks: null, ofRun: true },
  residue: { operation: "findResidue", label: "Find residue", asks: null, ofRun: false },
  "heal-residue": {
    operation: "healResidue",
    label: "Heal residue",
    asks: "It lists what would be undone.",
    ofRun: false,
  },
  judge: { operation: "judgeRun", label: "Judge again", asks: null, ofRun: true },
  compare: { operation: "compareRuns", label: "Compare", asks: null, ofRun: false },
};

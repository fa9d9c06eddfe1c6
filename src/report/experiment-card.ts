/** Renders one experiment as a card: its four stamps, what users felt on each connection, and the fate of their writes. */
import type { ExperimentVerdict, Stamp } from "../experiment.ts";
import type { Recovery } from "../outage.ts";
import { seconds } from "./format.ts";
import { element, type Markup } from "./markup.ts";
import { pill, table } from "./pieces.ts";

const HEALERS = {
  platform: "by the platform itself",
  gameday: "only after our own heal",
  nobody: "by nobody, or unseen",
};

export function renderExperiment(one: ExperimentVerdict): Markup {
  const targets = one.targets.map((target) => `${target.id} on ${target.node}`).join(", ");
  return element(
    "div",
    { class: "card" },
    element("h3", {}, pill(one.status), " ", one.name),
    element("p", { class: "dim small" }, `${one.fault} of ${targets || "no target"}${standingOn(one)}. ${one.because}`),
    stamps(one),
    recoveries(one),
    writes(one),
  );
}

/** Lists what else was on the nodes that were hit: ", with postgres/n1, app/n1-1 on the same node". */
export function standingOn({ standing = [] }: ExperimentVerdict): string {
  return standing.length === 0 ? "" : `, with ${standing.map(({ id }) => id).join(", ")} on the same node`;
}

function stamps(one: ExperimentVerdict): Markup {
  const recovered = Object.values(one.recovery).map(({ upperMs }) => upperMs);
  const worst =
    recovered.length === 0 || recovered.includes(null) ? null : Math.max(...recovered.map((upper) => upper ?? 0));
  return element(
    "ul",
    { class: "stamps" },
    stamp("fault commanded", seconds(one.commandedAtMs), ""),
    stamp("seen to bite", seconds(one.bite?.atMs ?? null), sourceOf(one.bite)),
    stamp("first failure of users", one.firstFailureAtMs === null ? "none" : seconds(one.firstFailureAtMs), ""),
    stamp("users recovered within", worst === null ? "not proven" : seconds(worst), HEALERS[one.healedBy]),
    stamp("fault seen to be gone", seconds(one.heal?.atMs ?? null), sourceOf(one.heal)),
  );
}

function stamp(label: string, value: string, detail: string): Markup {
  return element(
    "li",
    {},
    element("span", { class: "dim small" }, label),
    element("b", {}, value),
    element("span", { class: "dim small" }, detail),
  );
}

function sourceOf(stamp_: Stamp | null): string {
  const witness = stamp_?.witness;
  return witness === null || witness === undefined ? "" : `${witness.says} (${witness.source})`;
}

function recoveries(one: ExperimentVerdict): Markup | null {
  const rows = Object.entries(one.recovery).flatMap(([name, recovery]) =>
    Object.entries(recovery.connections).map(([connection, own]) => [name, connection, interval(own), own.says]),
  );
  return rows.length === 0
    ? null
    : table(["users' class", "connection", "recovery from the bite", "what the probes saw"], rows, []);
}

function interval({ lowerMs, upperMs, state }: Recovery): string {
  if (state === "no-outage-seen" && upperMs === 0) return "no outage";
  if (upperMs === null) return state === "no-data" ? "no data" : `over ${seconds(lowerMs)}`;
  return `${seconds(lowerMs)} to ${seconds(upperMs)}`;
}

function writes({ writes: own, rpo }: ExperimentVerdict): Markup {
  const counts = `${own.acknowledged} acknowledged, ${own.acknowledgedLastSecond} of them in the last second before the fault; ${own.lost} lost, ${own.recovered} recovered, ${own.duplicated} duplicated, ${own.unknown} unanswered.`;
  return element(
    "p",
    { class: "small" },
    element("b", {}, "Writes: "),
    counts,
    element("b", {}, " Recovery point: "),
    `${rpo.says}.`,
  );
}

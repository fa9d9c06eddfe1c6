/** What the page asks before a control changes anything, as trees. The default button always keeps things as they are. */
import type { LiveExperiment, LiveState } from "../api/live.ts";
import { el, type ViewElement, type ViewNode } from "../view.ts";
import { count, duration, list } from "./figures.ts";

export interface DialogView {
  readonly title: string;
  readonly body: readonly ViewNode[];
  /** The button that does it; null if there is nothing to do but to close. */
  readonly confirm: string | null;
  readonly cancel: string;
  readonly danger: boolean;
  /** Why it cannot be confirmed now, in words; null if it can. */
  readonly refusal: string | null;
  /** What went wrong at the last attempt, or what is going on. */
  readonly says: string | null;
}

export function renderDialog(view: DialogView): ViewNode[] {
  const confirm =
    view.confirm !== null &&
    el(
      "button",
      {
        type: "submit",
        class: view.danger ? "danger" : "primary",
        "data-do": "confirm",
        "aria-disabled": view.refusal === null ? undefined : "true",
        title: view.refusal ?? undefined,
      },
      view.confirm,
    );
  return [
    el(
      "form",
      { method: "dialog", novalidate: true },
      el("h2", { id: "dialog-title" }, view.title),
      el("div", { class: "body" }, view.body),
      el("p", { class: "says", role: "alert" }, view.says ?? view.refusal),
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "button", "data-do": "cancel", autofocus: true }, view.cancel),
        confirm,
      ),
    ),
  ];
}

export interface FieldView {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly type?: "text" | "number" | "url";
  readonly says?: string | undefined;
  readonly required?: boolean;
}

/** Returns an input with its label and what it means. */
export function field({ name, label, value, type = "text", says, required }: FieldView): ViewElement {
  const id = `field-${name}`;
  const number = type === "number" ? { inputmode: "decimal", step: "any", min: "0" } : {};
  return el(
    "div",
    { class: "field", key: id },
    el("label", { for: id }, label),
    el("input", {
      id,
      name,
      type,
      value: value ?? "",
      required,
      autocomplete: "off",
      ...number,
      "aria-describedby": says && `${id}-says`,
    }),
    says !== undefined && el("p", { id: `${id}-says`, class: "dim" }, says),
  );
}

export interface ChoiceView {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly value: string;
}

export function choice({ name, label, options, value }: ChoiceView): ViewElement {
  const id = `field-${name}`;
  const items = options.map(([each, words]) => el("option", { value: each, selected: each === value }, words));
  return el("div", { class: "field", key: id }, el("label", { for: id }, label), el("select", { id, name }, items));
}

export function changeLoadBody(load: NonNullable<LiveState["load"]>): ViewNode[] {
  const unit = load.unit === "users" ? "users" : "arrivals a second";
  const target = load.target === null ? "what its stages say" : count(load.target);
  return [
    el(
      "p",
      {},
      `Now ${count(load.users)} users are active; the run intends ${target}, and the plan ${count(load.planned)} ${unit}.`,
    ),
    field({
      name: "target",
      label: load.unit === "users" ? "Users from now on" : "Arrivals a second from now on",
      type: "number",
      value: String(load.target ?? load.planned),
      required: true,
    }),
    el(
      "p",
      { class: "dim" },
      "The plan's stages end here. Active users stay, and none is restarted. This counts as a manual intervention, and the plan's objectives on the load become unknown.",
    ),
  ];
}

export function stopBody(held: readonly LiveExperiment[]): ViewNode[] {
  const faults = held.map(({ name, targets }) => `${name} (${list(targets.map(({ id }) => id))})`);
  return [
    el("p", {}, faults.length === 0 ? "No fault is held now." : `These faults are healed first: ${list(faults)}.`),
    el(
      "p",
      {},
      "Then the load ends, and the recorded evidence is judged. The verdict will be unknown, stopped by hand.",
    ),
    field({ name: "because", label: "Reason (optional, for the report)" }),
  ];
}

/** A second stop of a load. */
export function endBody(): ViewNode[] {
  return [el("p", {}, "The load is ending: iterations in progress may still finish. This cuts them off.")];
}

/** A second stop of a game day. */
export function stoppingBody(held: readonly LiveExperiment[]): ViewNode[] {
  const faults = held.map(({ name }) => name);
  const left = faults.length === 0 ? "No fault is held any more." : `Still to be healed: ${list(faults)}.`;
  return [el("p", {}, left), el("p", {}, "Healing is never cut short. Then the recorded evidence is judged.")];
}

export function healBody(experiment: LiveExperiment): ViewNode[] {
  return [
    el(
      "p",
      {},
      `${experiment.name}: ${experiment.fault} on ${list(experiment.targets.map(({ id }) => id))} is undone now.`,
    ),
    el("p", {}, "The recovery will count as Gameday's, not as the platform's."),
  ];
}

export function markBody(): ViewNode[] {
  return [
    field({ name: "says", label: "What happens now", required: true }),
    el("p", { class: "dim" }, "It becomes a line in everybody's charts and in the report."),
  ];
}

/** The answer of a dry run: what would be hit at this moment. */
export interface WouldHit {
  readonly targets: readonly { readonly id: string; readonly role: string; readonly node: string }[];
  readonly of: Readonly<Record<string, number>>;
  readonly standing: readonly { readonly id: string }[];
  readonly healsByItselfAfterMs: number;
}

export function wouldHitBody(hit: WouldHit): ViewElement {
  const names = hit.targets.map(({ id, role, node }) =>
    el("li", {}, el("b", {}, id), ` (${role}${node === "" ? "" : ` on ${node}`})`),
  );
  const roles = Object.entries(hit.of).map(([role, all]) => {
    const some = hit.targets.filter((target) => target.role === role).length;
    return `${some} of ${all} ${role}`;
  });
  return el(
    "div",
    { class: "would-hit", role: "status" },
    el("p", {}, "It would hit now:"),
    el("ul", {}, names),
    roles.length > 0 && el("p", { class: "dim" }, `${list(roles)}.`),
    hit.standing.length > 0 &&
      el(
        "p",
        {},
        `On the same nodes: ${list(
          hit.standing.map(({ id }) => id),
          8,
        )}.`,
      ),
    el(
      "p",
      { class: "dim" },
      `It heals by itself after ${duration(hit.healsByItselfAfterMs)}, even without this page.`,
    ),
  );
}

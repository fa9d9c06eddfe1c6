/** Buttons of the page. A control that is not allowed now stays in place, greyed, and gives the reason in words. */
import { CONTROLS, type ControlName } from "../api/controls.ts";
import type { Permissions } from "../api/run.ts";
import { el, type ViewElement } from "../view.ts";

/** What this page may do, besides what the run allows. */
export interface PageRights {
  /** Why this page may only read, in words; null if it may control. */
  readonly readOnlyBecause: string | null;
}

export interface ControlButton {
  readonly control: ControlName;
  readonly permissions: Permissions | null;
  readonly rights: PageRights;
  /** What the control is done to: the number of an experiment. */
  readonly value?: string;
  readonly label?: string;
  readonly kind?: "danger" | "quiet" | "plain";
}

/** Returns why a control may not be used now, in words; null if it may. */
export function refusalOf(control: ControlName, permissions: Permissions | null, rights: PageRights): string | null {
  const changes = !["download", "compare", "residue", "check-plan"].includes(control);
  if (changes && rights.readOnlyBecause !== null) return rights.readOnlyBecause;
  const permission = permissions?.[control];
  return permission === undefined || permission.allowed ? null : (permission.because ?? "it is not allowed now");
}

/**
 * Returns the button of a control. A refused one is marked by aria-disabled, not by disabled, so that the keyboard and a screen
 * reader reach the reason.
 */
export function controlButton({
  control,
  permissions,
  rights,
  value,
  label,
  kind = "plain",
}: ControlButton): ViewElement {
  const refused = refusalOf(control, permissions, rights);
  const attributes = {
    type: "button",
    class: kind,
    "data-do": "control",
    "data-control": control,
    "data-value": value,
    "aria-disabled": refused === null ? undefined : "true",
    title: refused ?? undefined,
  };
  const reason = refused === null ? null : el("span", { class: "reason" }, ` (${refused})`);
  return el("button", attributes, label ?? CONTROLS[control].label, reason);
}

/** Returns a button that changes only what this page shows. */
export function plainButton(
  action: string,
  label: string,
  extra: Readonly<Record<string, string | boolean | undefined>> = {},
) {
  return el("button", { type: "button", class: "quiet", "data-do": action, ...extra }, label);
}

/** Returns a status as a word with its shape, never by colour alone. */
export function pill(word: string, kind: "pass" | "fail" | "unknown" | "fault" | "plain"): ViewElement {
  const shapes = { pass: "✓", fail: "✗", unknown: "?", fault: "▲", plain: "" };
  const shape = shapes[kind];
  return el(
    "span",
    { class: `pill ${kind}` },
    shape === "" ? null : el("span", { "aria-hidden": "true" }, `${shape} `),
    word,
  );
}

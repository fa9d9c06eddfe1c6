/** The line above every page: where one is and where one can go, the kill switch, and what went wrong last. */
import { el, type ViewNode } from "../view.ts";
import { controlButton, type PageRights } from "./button.ts";

export interface TopView {
  readonly path: string;
  readonly rights: PageRights;
  readonly killSwitch: { readonly on: boolean; readonly since: string | null; readonly by: string | null } | null;
  /** The name by which the timeline calls this page. */
  readonly name: string | null;
  readonly complaint: string | null;
}

const PLACES: readonly (readonly [string, string])[] = [
  ["/", "Now"],
  ["/runs", "Runs"],
  ["/start", "Start"],
];

export function renderTop({ path, rights, killSwitch, name, complaint }: TopView): ViewNode[] {
  const links = PLACES.map(([href, label]) =>
    el("a", { href, "aria-current": path === href ? "page" : undefined }, label),
  );
  return [
    el("a", { class: "skip", href: "#main" }, "Skip to the content"),
    el(
      "nav",
      { "aria-label": "Pages" },
      el("b", {}, "Gameday"),
      links,
      el("span", { class: "dim name" }, name),
      controlButton({ control: "kill-switch", permissions: null, rights, kind: "danger" }),
    ),
    killSwitch?.on === true &&
      el(
        "div",
        { class: "banner bad", role: "alert" },
        el(
          "span",
          {},
          `The kill switch is on since ${killSwitch.since ?? "?"}, by ${killSwitch.by ?? "?"}. Nothing can be started. `,
        ),
        controlButton({
          control: "kill-switch",
          permissions: null,
          rights,
          value: "release",
          label: "Release",
          kind: "quiet",
        }),
      ),
    complaint !== null &&
      el(
        "div",
        { class: "banner bad complaint", role: "alert" },
        el("span", {}, complaint),
        el("button", { type: "button", class: "quiet", "data-do": "dismiss", "aria-label": "Dismiss" }, "✕"),
      ),
  ].filter((each) => each !== false);
}

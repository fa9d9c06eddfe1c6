/** Controls of the machine: the kill switch, and residue of earlier runs. */
import type { z } from "zod";
import type { operationSchema, residueSchema, switchSchema } from "../../api/bodies.ts";
import { el, type ViewNode } from "../../view.ts";
import { call, describeProblem, get } from "../api.ts";
import type { Dialog } from "../dialog.ts";

export type Switch = z.infer<typeof switchSchema>;
type Residue = z.infer<typeof residueSchema>;
type Operation = z.infer<typeof operationSchema>;

/** Heals and stops every run of this machine. One click does it, without a question. */
export async function throwSwitch(): Promise<string | null> {
  const answer = await call<Switch>("PUT", "/switch", { body: { on: true } });
  return answer.ok ? null : describeProblem(answer);
}

export function releaseSwitch(dialog: Dialog, after: () => void): void {
  dialog.open({
    view: () => ({
      title: "Release the kill switch?",
      body: [el("p", {}, "Runs and loads can be started again, by everybody. Nothing is started by this.")],
      confirm: "Release",
      cancel: "Keep it on",
      danger: false,
    }),
    async confirm() {
      const answer = await call<Switch>("PUT", "/switch", { body: { on: false } });
      after();
      return answer.ok ? null : describeProblem(answer);
    },
  });
}

const POLL_MS = 500;
/** Healing asks each target of a journal; a dead cluster costs its timeouts. */
const HEAL_POLLS_MAX = 600;

export async function showResidue(dialog: Dialog): Promise<void> {
  const answer = await get<Residue>("/residue");
  const found = answer.ok ? answer.value : null;
  let operation: Operation | null = null;
  dialog.open({
    view: () => ({
      title: "Residue of earlier runs",
      body: operation === null ? residueBody(found) : operationBody(operation),
      confirm: found !== null && found.found.length > 0 && operation === null ? "Heal it" : null,
      cancel: "Close",
      danger: true,
      refusal: answer.ok ? null : describeProblem(answer),
    }),
    confirm: () =>
      healResidue((now) => {
        operation = now;
        dialog.draw();
      }),
  });
}

/** Undoes what was left, and reports each step. Returns how it ended, in words. */
async function healResidue(show: (operation: Operation) => void): Promise<string> {
  let answer = await call<Operation>("POST", "/heal");
  for (let polls = 0; polls < HEAL_POLLS_MAX; polls++) {
    if (!answer.ok) return describeProblem(answer);
    show(answer.value);
    if (answer.value.state === "done") return "Done.";
    if (answer.value.state === "failed") return "It did not work: see above.";
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    answer = await get<Operation>(`/operations/${answer.value.id}`);
  }
  return "It is not finished yet: look again later.";
}

function residueBody(residue: Residue | null): ViewNode[] {
  if (residue === null) return [];
  const running =
    residue.running.length === 0
      ? []
      : [el("p", { class: "dim" }, `In progress: ${residue.running.join(", ")}; their faults are no residue.`)];
  if (residue.found.length === 0)
    return [el("p", {}, "0 left: no journal of an earlier run holds anything open."), ...running];
  return [el("p", {}, "This would be undone:"), el("ul", {}, residue.found.map(leftover)), ...running];
}

function operationBody({ says, residue, state }: Operation): ViewNode[] {
  const left =
    residue.length === 0 ? [] : [el("p", { class: "fail" }, "Still there:"), el("ul", {}, residue.map(leftover))];
  return [
    el("p", {}, state === "running" ? "Healing ..." : "0 left if nothing is listed below."),
    el(
      "ul",
      {},
      says.map((line) => el("li", {}, line)),
    ),
    ...left,
  ];
}

function leftover({ what, where, since, byHand }: Residue["found"][number]): ViewNode {
  const when = since === null ? "" : `, since ${new Date(since).toLocaleString("en-GB")} at the latest`;
  return el("li", {}, `${what} at ${where}${when}`, byHand !== null && [" — by hand: ", el("code", {}, byHand)]);
}

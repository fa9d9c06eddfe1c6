/** From a control's name to what it does. Every control that has a button is here or on the start page. */
import type { Verdict } from "../../verdict.ts";
import type { PageRights } from "../../view/button.ts";
import { moreBody } from "../../view/more.ts";
import { call, describeProblem } from "../api.ts";
import { currentTheme, setTheme, type Theme } from "../theme.ts";
import { changeLoad, healOne, markMoment, outcome, type RunControls, stopRun } from "./change.ts";
import { injectFault } from "./inject.ts";
import { showResidue } from "./machine.ts";

export interface ActingControls extends RunControls {
  rights(): PageRights;
  complain(says: string | null): void;
  recolour(): void;
}

export async function actOnRun(control: string, value: string, controls: ActingControls): Promise<void> {
  controls.complain(null);
  if (control === "change-load") changeLoad(controls);
  else if (control === "inject") await injectFault(controls);
  else if (control === "heal-one") healOne(controls, Number(value));
  else if (control === "stop") stopRun(controls);
  else if (control === "mark") markMoment(controls);
  else if (control === "residue") await showResidue(controls.dialog);
  else if (control === "reset") controls.complain(await reset(controls, value));
  else if (control === "judge") await judge(controls);
  else if (control === "more") openMore(controls);
}

async function reset({ run, asked }: ActingControls, value: string): Promise<string | null> {
  return value === "all"
    ? outcome(await call("DELETE", `/runs/${run}/reset`), asked, "show figures since the start")
    : outcome(await call("POST", `/runs/${run}/reset`), asked, "reset the shown figures");
}

async function judge({ run, state, complain }: ActingControls): Promise<void> {
  const answer = await call<Verdict>("POST", `/runs/${run}/judge`);
  if (!answer.ok) return complain(describeProblem(answer));
  const before = state().verdict?.verdict;
  const same = before === answer.value.verdict ? "the same verdict" : `before it was ${before ?? "not judged"}`;
  complain(`Judged again: ${answer.value.verdict} (${same}). ${answer.value.sentence}`);
}

function openMore(controls: ActingControls): void {
  const { dialog, state, rights } = controls;
  dialog.open({
    view: () => ({
      title: "More",
      body: moreBody({ state: state(), rights: rights(), theme: currentTheme() }),
      confirm: null,
      cancel: "Close",
      danger: false,
    }),
    act(action, value, control) {
      if (action === "theme") {
        setTheme(value as Theme);
        controls.recolour();
        dialog.draw();
      } else if (action === "control") {
        dialog.close();
        void actOnRun(control, value, controls);
      }
    },
  });
}

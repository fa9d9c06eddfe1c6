/** The controls that change a run: its load, its faults, its end, and marks. */
import type { LiveExperiment, LiveState } from "../../api/live.ts";
import type { LoadNow } from "../../api/run.ts";
import { changeLoadBody, endBody, healBody, markBody, stopBody, stoppingBody } from "../../view/dialogs.ts";
import { type ApiAnswer, call, describeProblem, get } from "../api.ts";
import type { Dialog, DialogPlan } from "../dialog.ts";

export interface RunControls {
  readonly dialog: Dialog;
  readonly run: string;
  state(): LiveState;
  /** Shows that something was asked for, until the stream shows that it happened. */
  asked(says: string): void;
}

export function changeLoad({ dialog, run, state, asked }: RunControls): void {
  let load = state().load;
  if (load === null) return;
  const plan: DialogPlan = {
    view: () => ({
      title: "Change the load",
      body: load === null ? [] : changeLoadBody(load),
      confirm: "Change load",
      cancel: "Keep the load",
      danger: false,
    }),
    async confirm({ target = "" }) {
      const value = Number(target);
      if (target === "" || !(value >= 0)) return `Expected a number from 0 on, got “${target}”.`;
      const body = load?.unit === "users" ? { users: value } : { ratePerSecond: value };
      const answer = await call("PATCH", `/runs/${run}/load`, { body, ifMatch: load?.version ?? "" });
      if (answer.ok) return done(asked, `${target} ${load?.unit === "users" ? "users" : "arrivals a second"}`);
      if (answer.problem.status !== 412) return describeProblem(answer);
      const fresh = await get<LoadNow>(`/runs/${run}/load`);
      if (fresh.ok) load = fresh.value;
      return "Somebody else changed the load meanwhile. These are the figures now: ask again if you still want to.";
    },
  };
  dialog.open(plan);
}

export function stopRun({ dialog, run, state, asked }: RunControls): void {
  const { state: now, kind } = state().run;
  if (now === "stopping" && kind === "game-day") return sayStopping(dialog, state);
  const isStopping = now === "stopping";
  const held = () => state().experiments.filter(isHeld);
  dialog.open({
    view: () => ({
      title: isStopping ? "End at once?" : "Heal everything and stop this run?",
      body: isStopping ? endBody() : stopBody(held()),
      confirm: isStopping ? "End at once" : "Heal and stop",
      cancel: isStopping ? "Let it end" : "Keep running",
      danger: true,
    }),
    confirm: async ({ because = "" }) => {
      const body = { ...(because !== "" && { because }), ...(isStopping && { atOnce: true }) };
      return outcome(await call("POST", `/runs/${run}/stop`, { body }), asked, "heal and stop");
    },
  });
}

/** A game day is never cut short while it heals: there is nothing to confirm, and the dialog says what is still to do. */
function sayStopping(dialog: Dialog, state: () => LiveState): void {
  dialog.open({
    view: () => ({
      title: "It is stopping already",
      body: stoppingBody(state().experiments.filter(isHeld)),
      confirm: null,
      cancel: "Close",
      danger: false,
    }),
  });
}

export function healOne({ dialog, run, state, asked }: RunControls, index: number): void {
  const experiment = state().experiments.find((each) => each.index === index);
  if (experiment === undefined) return;
  dialog.open({
    view: () => ({
      title: "Heal this fault now?",
      body: healBody(experiment),
      confirm: "Heal now",
      cancel: "Keep it",
      danger: false,
    }),
    confirm: async () =>
      outcome(await call("POST", `/runs/${run}/experiments/${index}/heal`), asked, `heal ${experiment.name}`),
  });
}

export function markMoment({ dialog, run, asked }: RunControls): void {
  dialog.open({
    view: () => ({
      title: "Mark this moment",
      body: markBody(),
      confirm: "Mark",
      cancel: "Cancel",
      danger: false,
    }),
    async confirm({ says = "" }) {
      if (says === "") return "Write a few words, so that others know what it marks.";
      return outcome(await call("POST", `/runs/${run}/notes`, { body: { says } }), asked, `mark “${says}”`);
    },
  });
}

export function isHeld({ state }: LiveExperiment): boolean {
  return state === "injecting" || state === "held" || state === "healing";
}

/** Returns null after it was accepted, and otherwise why not, in words. */
export function outcome(answer: ApiAnswer<unknown>, asked: (says: string) => void, says: string): string | null {
  return answer.ok ? done(asked, says) : describeProblem(answer);
}

function done(asked: (says: string) => void, says: string): null {
  asked(says);
  return null;
}

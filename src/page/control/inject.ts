/** Injecting a fault: the names of what would be hit now are shown first, and only those are hit. */
import type { z } from "zod";
import type { faultsSchema } from "../../api/bodies.ts";
import { choice, field, type WouldHit, wouldHitBody } from "../../view/dialogs.ts";
import { el, type ViewNode } from "../../view.ts";
import { call, describeProblem, get } from "../api.ts";
import type { DialogPlan, FieldValues } from "../dialog.ts";
import type { RunControls } from "./change.ts";

type Fault = z.infer<typeof faultsSchema>["faults"][number];

/** How long nobody types before the dry run is asked again. */
const QUIET_MS = 350;
const HOLD_SECONDS = "30";

export async function injectFault(controls: RunControls): Promise<void> {
  const answer = await get<z.infer<typeof faultsSchema>>("/faults");
  const platform = controls.state().run.platform;
  const faults = answer.ok ? answer.value.faults.filter(({ supported }) => supported[platform] !== false) : [];
  const plan = new InjectPlan(controls, faults, answer.ok ? null : describeProblem(answer));
  controls.dialog.open(plan);
  plan.change({ fault: faults[0]?.name ?? "" });
}

class InjectPlan implements DialogPlan {
  readonly #controls: RunControls;
  readonly #faults: readonly Fault[];
  readonly #roles: readonly string[];
  #values: FieldValues = {};
  #hit: WouldHit | null = null;
  #refusal: string | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(controls: RunControls, faults: readonly Fault[], trouble: string | null) {
    this.#controls = controls;
    this.#faults = faults;
    this.#refusal = trouble;
    const { leaders, experiments } = controls.state();
    const known = [
      ...leaders.map(({ role }) => role),
      ...experiments.flatMap(({ targets }) => targets.map(({ role }) => role)),
    ];
    this.#roles = [...new Set(known)];
  }

  view() {
    return {
      title: "Inject a fault",
      body: this.#body(),
      confirm: "Break it now",
      cancel: "Keep it whole",
      danger: true,
      refusal: this.#refusal ?? (this.#hit === null ? "asking what would be hit now ..." : null),
    };
  }

  change(values: FieldValues): void {
    this.#values = values;
    this.#hit = null;
    this.#refusal = null;
    this.#controls.dialog.draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), QUIET_MS);
  }

  async confirm(values: FieldValues): Promise<string | null> {
    const { run, asked } = this.#controls;
    const expectTargets = this.#hit?.targets.map(({ id }) => id) ?? [];
    const body = { ...bodyOf(values, this.#fault(values)), expectTargets };
    const answer = await call("POST", `/runs/${run}/experiments`, { body });
    if (answer.ok) {
      asked(`${values["fault"] ?? "a fault"} on ${expectTargets.join(", ")}`);
      return null;
    }
    // Something moved since the dry run: show what would be hit now before anything is broken.
    if (answer.problem.status === 409) await this.#ask();
    return describeProblem(answer);
  }

  async #ask(): Promise<void> {
    const turn = ++this.#turn;
    const body = { ...bodyOf(this.#values, this.#fault(this.#values)), dryRun: true };
    const answer = await call<WouldHit>("POST", `/runs/${this.#controls.run}/experiments`, { body });
    if (turn !== this.#turn) return;
    this.#hit = answer.ok ? answer.value : null;
    this.#refusal = answer.ok ? null : describeProblem(answer);
    this.#controls.dialog.draw();
  }

  #fault(values: FieldValues): Fault | undefined {
    return this.#faults.find(({ name }) => name === values["fault"]);
  }

  #body(): ViewNode[] {
    const fault = this.#fault(this.#values) ?? this.#faults[0];
    const options = this.#faults.map(({ name }) => [name, name] as const);
    const roles = [["", "as the fault chooses"] as const, ...this.#roles.map((role) => [role, role] as const)];
    return [
      choice({ name: "fault", label: "Fault", options, value: fault?.name ?? "" }),
      el("p", { class: "dim" }, fault?.says ?? ""),
      choice({ name: "role", label: "Role of the target", options: roles, value: this.#values["role"] ?? "" }),
      field({ name: "node", label: "Only on this node (optional)", value: this.#values["node"] ?? "" }),
      ...(fault?.parameters ?? []).map(({ name, says, needed, default: first }) =>
        field({
          name: `with.${name}`,
          label: needed ? name : `${name} (optional)`,
          says,
          value: this.#values[`with.${name}`] ?? (needed && first !== null ? String(first) : ""),
        }),
      ),
      field({
        name: "hold",
        label: "Hold for seconds, then heal",
        type: "number",
        value: this.#values["hold"] ?? HOLD_SECONDS,
      }),
      ...(this.#hit === null ? [] : [wouldHitBody(this.#hit)]),
    ];
  }
}

/** Returns the request for what was typed; fields that were left empty are left out. */
export function bodyOf(values: FieldValues, fault: Fault | undefined) {
  const role = values["role"] ?? "";
  const node = values["node"] ?? "";
  const given = Object.entries(values).filter(([name, value]) => name.startsWith("with.") && value !== "");
  const known = given.filter(([name]) => fault?.parameters.some((each) => `with.${each.name}` === name) ?? true);
  const settings = Object.fromEntries(known.map(([name, value]) => [name.slice("with.".length), settingOf(value)]));
  const target = { ...(role !== "" && { role }), ...(node !== "" && { node }) };
  return {
    fault: values["fault"] ?? "",
    ...(Object.keys(target).length > 0 && { target }),
    ...(Object.keys(settings).length > 0 && { with: settings }),
    holdSeconds: Number(values["hold"] ?? HOLD_SECONDS),
  };
}

/** Reads "250" as a number and "true" as a truth value; anything else is text, as in a plan. */
function settingOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

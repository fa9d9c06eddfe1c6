/** The one modal dialog of the page: it is drawn from a tree, and confirms once at a time. */
import { type DialogView, renderDialog } from "../view/dialogs.ts";
import { patch } from "./patch.ts";

/** What was typed and chosen in a dialog, by the name of the field. */
export type FieldValues = Readonly<Record<string, string>>;

export interface DialogPlan {
  /** Draws the dialog; called again after each change. */
  view(): Omit<DialogView, "says" | "refusal"> & { readonly refusal?: string | null };
  /** Called when a field was changed. */
  change?(values: FieldValues): void;
  /** Does it. Returns why it did not work, in words; null closes the dialog. */
  confirm?(values: FieldValues): Promise<string | null>;
  /** Handles a button of the dialog's own by its `data-do`. */
  act?(action: string, value: string, control: string): void;
}

export class Dialog {
  readonly #element: HTMLDialogElement;
  #plan: DialogPlan | null = null;
  #says: string | null = null;
  #busy = false;

  constructor(element: HTMLDialogElement) {
    this.#element = element;
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#confirm();
    });
    element.addEventListener("input", () => this.#plan?.change?.(this.values()));
    element.addEventListener("close", () => {
      // The event comes late: another dialog may have been opened since.
      if (!this.#element.open) this.#plan = null;
    });
  }

  get isOpen(): boolean {
    return this.#element.open; // the event of its closing comes late
  }

  open(plan: DialogPlan): void {
    this.#plan = plan;
    this.#says = null;
    this.#busy = false;
    // A dialog begins anew, so that nothing that was typed into the last one is left.
    this.#element.replaceChildren();
    this.draw();
    if (!this.#element.open) this.#element.showModal();
  }

  close(): void {
    this.#element.close();
  }

  draw(): void {
    if (this.#plan === null) return;
    const view = this.#plan.view();
    patch(this.#element, renderDialog({ refusal: null, ...view, says: this.#busy ? "Asked ..." : this.#says }));
  }

  values(): FieldValues {
    const form = this.#element.querySelector("form");
    if (form === null) return {};
    return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
  }

  #click(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    if (!(button instanceof HTMLElement)) return;
    const { do: action = "", value = "", control = "" } = button.dataset;
    if (action === "cancel") this.close();
    else if (action !== "confirm" && button.ariaDisabled !== "true") this.#plan?.act?.(action, value, control);
  }

  async #confirm(): Promise<void> {
    const plan = this.#plan;
    if (plan?.confirm === undefined || this.#busy || (plan.view().refusal ?? null) !== null) return;
    this.#busy = true;
    this.draw();
    const trouble = await plan.confirm(this.values());
    this.#busy = false;
    if (this.#plan !== plan) return;
    this.#says = trouble;
    if (trouble === null) this.close();
    else this.draw();
  }
}

/** Compares two runs that the address names: /compare?a=EARLIER&b=LATER. */

import { renderComparison, type ShownComparison } from "../view/comparison.ts";
import { el, type ViewNode } from "../view.ts";
import { describeProblem, get } from "./api.ts";
import { Drawing, type PageFrame } from "./frame.ts";

export class ComparePage {
  readonly #drawing: Drawing;
  #comparison: ShownComparison | null = null;
  #runs: readonly string[] = [];
  #says = "Comparing ...";

  constructor(frame: PageFrame) {
    this.#drawing = new Drawing(frame.root, () => this.#render());
    document.title = "Compare: Gameday";
    void this.#read();
  }

  draw(): void {
    this.#drawing.ask();
  }

  async #read(): Promise<void> {
    const query = new URLSearchParams(location.search);
    const runs = [query.get("a"), query.get("b")].filter((id) => id !== null);
    this.draw();
    const answer = await get<{ runs: string[]; comparison: unknown }>(
      `/compare?runs=${runs.map(encodeURIComponent).join(",")}`,
    );
    if (answer.ok) {
      this.#comparison = answer.value.comparison as ShownComparison;
      this.#runs = answer.value.runs;
    } else this.#says = describeProblem(answer);
    this.draw();
  }

  #render(): ViewNode[] {
    const body =
      this.#comparison === null
        ? [el("p", { role: "status" }, this.#says)]
        : renderComparison(this.#comparison, this.#runs);
    return [
      el(
        "main",
        { id: "main", tabindex: "-1", key: "main" },
        el("section", { class: "wide compare", "aria-label": "Comparison of runs" }, el("h1", {}, "Compare"), body),
      ),
    ];
  }
}

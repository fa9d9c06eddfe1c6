/** The canvas of the course: it is painted when something changed, and the pointer and the keyboard move its cursor and zoom it. */

import type { Columns } from "../view/columns.ts";
import { timeScale } from "../view/course/axis.ts";
import { type CourseState, drawCourse } from "../view/course/picture.ts";
import { COURSE_MARGIN, type Course } from "../view/course.ts";
import { type CourseChoice, shownSpan } from "../view/course-section.ts";
import { Painter } from "./canvas.ts";

export interface CourseHost {
  /** Returns what to draw; null while nothing is known. */
  read(): { readonly state: CourseState; readonly columns: Columns; readonly choice: CourseChoice } | null;
  change(choice: Partial<CourseChoice>): void;
}

/** The shortest stretch that dragging zooms to, in pixels; anything shorter is a click. */
const DRAG_PX = 6;
const ZOOM_MS_MIN = 5000;
/** The figures have a point each second, so that painting more often would show nothing new. */
const REPAINT_MS = 900;

export class CourseCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #painter: Painter;
  readonly #host: CourseHost;
  #dragFrom: number | null = null;
  #painted: { readonly choice: CourseChoice; readonly width: number } | null = null;
  #paintedAt = Number.NEGATIVE_INFINITY;

  constructor(canvas: HTMLCanvasElement, host: CourseHost) {
    this.#canvas = canvas;
    this.#painter = new Painter(canvas);
    this.#host = host;
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerleave", () => this.#leave());
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointerup", (event) => this.#release(event));
    canvas.addEventListener("dblclick", () => host.change({ zoom: null }));
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  forgetColours(): void {
    this.#painter.forgetColours();
    this.hurry();
  }

  /** Makes the next `paint` paint, because something happened that people must see at once. */
  hurry(): void {
    this.#paintedAt = Number.NEGATIVE_INFINITY;
  }

  /** Paints the picture if a second has passed since the last time, or if something else than the time has changed. */
  paint(): void {
    const read = this.#host.read();
    const size = this.#size();
    if (read === null || size === null) return;
    const isSame = this.#painted?.choice === read.choice && this.#painted.width === size.width;
    if (isSame && performance.now() - this.#paintedAt < REPAINT_MS) return;
    this.#painted = { choice: read.choice, width: size.width };
    this.#paintedAt = performance.now();
    const course: Course = drawCourse(read.state, read.columns, size);
    this.#painter.paint(course, size.width);
    const { cursorS } = read.choice;
    if (cursorS !== null) {
      const x = timeScale(size).at((cursorS + 1) * 1000);
      if (x >= size.gutter) this.#painter.paintCursor(x, this.#dragFrom, course.height);
    }
  }

  #size() {
    const read = this.#host.read();
    const width = this.#canvas.clientWidth;
    if (read === null || width === 0) return null;
    const shown = shownSpan(read.choice, read.state.nowMs);
    return { width, gutter: width < 500 ? 116 : 138, shown };
  }

  #secondAt(x: number): number | null {
    const size = this.#size();
    if (size === null) return null;
    const bounded = Math.min(Math.max(x, size.gutter), size.width - COURSE_MARGIN);
    return Math.max(0, Math.round(timeScale(size).invert(bounded) / 1000) - 1);
  }

  #point({ offsetX }: PointerEvent): void {
    this.#host.change({ cursorS: this.#secondAt(offsetX) });
  }

  #leave(): void {
    this.#dragFrom = null;
    this.#host.change({ cursorS: null });
  }

  #press({ offsetX, button }: PointerEvent): void {
    if (button === 0) this.#dragFrom = offsetX;
  }

  #release({ offsetX }: PointerEvent): void {
    const from = this.#dragFrom;
    this.#dragFrom = null;
    if (from === null || Math.abs(offsetX - from) < DRAG_PX) return;
    const [a, b] = [this.#secondAt(Math.min(from, offsetX)), this.#secondAt(Math.max(from, offsetX))];
    if (a !== null && b !== null) this.#zoom(a * 1000, (b + 1) * 1000);
  }

  #zoom(fromMs: number, toMs: number): void {
    this.#host.change({ zoom: { fromMs, toMs: Math.max(toMs, fromMs + ZOOM_MS_MIN) } });
  }

  #key(event: KeyboardEvent): void {
    const read = this.#host.read();
    if (read === null) return;
    const last = read.columns.length - 1;
    const at = read.choice.cursorS ?? last;
    const step = event.shiftKey ? 10 : 1;
    const moves: Record<string, number> = {
      ArrowLeft: at - step,
      ArrowRight: at + step,
      PageUp: at - 60,
      PageDown: at + 60,
      Home: Math.max(0, read.columns.firstSecond),
      End: last,
    };
    const next = moves[event.key];
    if (next !== undefined) this.#host.change({ cursorS: Math.min(Math.max(0, next), Math.max(0, last)) });
    else if (event.key === "+") this.#zoom(at * 1000 - 30_000, at * 1000 + 30_000);
    else if (event.key === "-" || event.key === "Escape") this.#host.change({ zoom: null, cursorS: null });
    else return;
    event.preventDefault();
  }
}

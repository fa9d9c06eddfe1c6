/** Paints the marks of a picture on a canvas, in the colours of the style sheet. */
import type { Course, Mark, Paint } from "../view/course.ts";

type Context = CanvasRenderingContext2D;
type MarkOf<Kind extends Mark["kind"]> = Extract<Mark, { kind: Kind }>;

/** The size of the tile that hatching repeats, in pixels. */
const HATCH = 6;

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: Context;
  readonly #colours = new Map<Paint, string>();
  #hatch: CanvasPattern | null = null;
  #font = "11px system-ui, sans-serif";

  /** Throws when the browser has no canvas, which no supported one lacks. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("expected a canvas that can be painted, got none");
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Forgets the colours, after the theme has changed. */
  forgetColours(): void {
    this.#colours.clear();
    this.#hatch = null;
  }

  paint({ marks, height }: Course, width: number): void {
    this.#resize(width, height);
    const context = this.#context;
    context.clearRect(0, 0, width, height);
    context.textBaseline = "middle";
    for (const mark of marks) {
      if (mark.kind === "box") this.#box(mark);
      else if (mark.kind === "line") this.#line(mark);
      else if (mark.kind === "legend") this.#legend(mark);
      else this.#text(mark);
    }
  }

  /** Draws the cursor, and the stretch that is being chosen by dragging. */
  paintCursor(x: number, dragFrom: number | null, height: number): void {
    const context = this.#context;
    if (dragFrom !== null) {
      context.globalAlpha = 0.2;
      context.fillStyle = this.#colour("ok");
      context.fillRect(Math.min(x, dragFrom), 0, Math.abs(x - dragFrom), height);
      context.globalAlpha = 1;
    }
    this.#line({ kind: "line", paint: "ink", width: 1, dashes: [3, 3], pieces: [[x, 0, x, height]] });
  }

  #resize(width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = `${height}px`;
    }
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  #box({ x, y, width, height, paint, hatched }: MarkOf<"box">): void {
    this.#context.fillStyle = this.#colour(paint);
    this.#context.fillRect(x, y, width, height);
    if (hatched !== true) return;
    this.#hatch ??= this.#makeHatch();
    if (this.#hatch === null) return;
    this.#context.fillStyle = this.#hatch;
    this.#context.fillRect(x, y, width, height);
  }

  #line({ paint, width, dashes, pieces }: MarkOf<"line">): void {
    const context = this.#context;
    context.strokeStyle = this.#colour(paint);
    context.lineWidth = width;
    context.setLineDash(dashes === undefined ? [] : [...dashes]);
    context.beginPath();
    for (const piece of pieces) {
      context.moveTo(piece[0] ?? 0, piece[1] ?? 0);
      for (let n = 2; n < piece.length; n += 2) context.lineTo(piece[n] ?? 0, piece[n + 1] ?? 0);
    }
    context.stroke();
    context.setLineDash([]);
  }

  #text({ x, y, text, paint, align, bold, widthMax }: MarkOf<"text">): void {
    const context = this.#context;
    context.font = bold === true ? `600 ${this.#font}` : this.#font;
    context.fillStyle = this.#colour(paint);
    context.textAlign = align;
    context.fillText(widthMax === undefined ? text : this.#cut(text, widthMax), x, y);
  }

  #legend({ x, y, parts }: MarkOf<"legend">): void {
    let at = x;
    for (const { text, paint } of parts) {
      this.#text({ kind: "text", x: at, y, text, paint, align: "left", bold: true });
      at += this.#context.measureText(text).width + 10;
    }
  }

  #cut(text: string, widthMax: number): string {
    if (this.#context.measureText(text).width <= widthMax) return text;
    for (let length = text.length - 1; length > 1; length--) {
      const shorter = `${text.slice(0, length).trimEnd()}…`;
      if (this.#context.measureText(shorter).width <= widthMax) return shorter;
    }
    return text.slice(0, 1);
  }

  #colour(paint: Paint): string {
    const known = this.#colours.get(paint);
    if (known !== undefined) return known;
    const colour = getComputedStyle(this.#canvas).getPropertyValue(`--paint-${paint}`).trim() || "#888";
    this.#colours.set(paint, colour);
    return colour;
  }

  #makeHatch(): CanvasPattern | null {
    const tile = document.createElement("canvas");
    tile.width = HATCH;
    tile.height = HATCH;
    const context = tile.getContext("2d");
    if (context === null) return null;
    context.strokeStyle = this.#colour("mark");
    context.globalAlpha = 0.55;
    context.lineWidth = 1.2;
    context.beginPath();
    for (const start of [-HATCH, 0, HATCH]) {
      context.moveTo(start, HATCH);
      context.lineTo(start + HATCH, 0);
    }
    context.stroke();
    return this.#context.createPattern(tile, "repeat");
  }
}

/**
 * The target that a plan intends at each moment (users, or arrivals per second), as linear pieces over the time since the load
 * began. The last piece is held forever. All functions are pure, so that every worker computes the same from the plan alone.
 */
export interface SchedulePiece {
  readonly fromMs: number;
  /** Infinity for the last piece. */
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
}

/** A live change of the target, which is constant from then on. */
export interface Override {
  readonly atMs: number;
  readonly target: number;
}

export interface StagePlan {
  readonly stages: readonly { readonly durationMs: number; readonly target: number }[];
  /** True for straight lines between targets, from `startTarget`; false when each stage is constant at its target. */
  readonly ramping: boolean;
  readonly startTarget: number;
}

export function piecesOf(plan: StagePlan, overrides: readonly Override[] = []): readonly SchedulePiece[] {
  const pieces: SchedulePiece[] = [];
  let atMs = 0;
  let level = plan.startTarget;
  for (const { durationMs, target } of plan.stages) {
    if (durationMs > 0)
      pieces.push({ fromMs: atMs, toMs: atMs + durationMs, from: plan.ramping ? level : target, to: target });
    atMs += durationMs;
    level = target;
  }
  pieces.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, from: level, to: level });
  return overrides.reduce(applyOverride, pieces);
}

function applyOverride(pieces: readonly SchedulePiece[], { atMs, target }: Override): SchedulePiece[] {
  const kept = pieces
    .filter((piece) => piece.fromMs < atMs)
    .map((piece) => (piece.toMs > atMs ? cut(piece, atMs) : piece));
  return [...kept, { fromMs: atMs, toMs: Number.POSITIVE_INFINITY, from: target, to: target }];
}

function cut(piece: SchedulePiece, atMs: number): SchedulePiece {
  return { ...piece, toMs: atMs, to: levelIn(piece, atMs) };
}

/** Returns the target at a moment, including its fraction; 0 before the start. */
export function targetAt(pieces: readonly SchedulePiece[], atMs: number): number {
  if (atMs < 0) return 0;
  const piece = pieces.findLast((candidate) => candidate.fromMs <= atMs);
  return piece === undefined ? 0 : levelIn(piece, Math.min(atMs, piece.toMs));
}

function levelIn(piece: SchedulePiece, atMs: number): number {
  if (piece.from === piece.to || piece.toMs === Number.POSITIVE_INFINITY) return piece.from;
  return piece.from + ((piece.to - piece.from) * (atMs - piece.fromMs)) / (piece.toMs - piece.fromMs);
}

/** Returns the whole users that should exist at a moment. 1e-9 is added so that binary fractions do not round down. */
export function usersAt(pieces: readonly SchedulePiece[], atMs: number): number {
  return Math.floor(targetAt(pieces, atMs) + 1e-9);
}

/** Returns the arrivals that are due in [0, atMs) when the target is a rate per second. */
export function arrivalsBefore(pieces: readonly SchedulePiece[], atMs: number): number {
  let sum = 0;
  for (const piece of pieces) {
    const end = Math.min(atMs, piece.toMs);
    if (end <= piece.fromMs) break;
    sum += ((piece.from + levelIn(piece, end)) / 2) * ((end - piece.fromMs) / 1000);
  }
  return sum;
}

/**
 * Returns when arrival `number` (from 0) is due: the moment at which the area under the rate reaches it, or Infinity when that
 * never happens.
 */
export function arrivalTime(pieces: readonly SchedulePiece[], number: number): number {
  let before = 0;
  for (const piece of pieces) {
    const within = number - before;
    const area = ((piece.from + piece.to) / 2) * ((piece.toMs - piece.fromMs) / 1000);
    const last = piece.toMs === Number.POSITIVE_INFINITY;
    if ((last ? piece.from > 0 : within < area) && within >= 0) return piece.fromMs + timeInto(piece, within);
    before += last ? 0 : area;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Returns the milliseconds into a piece at which its area is `wanted`. That is the root of a straight line's integral, in its
 * numerically stable form.
 */
function timeInto(piece: SchedulePiece, wanted: number): number {
  if (wanted === 0 && piece.from > 0) return 0;
  if (piece.toMs === Number.POSITIVE_INFINITY || piece.from === piece.to) return (wanted / piece.from) * 1000;
  const slope = (piece.to - piece.from) / ((piece.toMs - piece.fromMs) / 1000);
  const root = Math.sqrt(Math.max(0, piece.from * piece.from + 2 * slope * wanted));
  return wanted === 0 ? 0 : ((2 * wanted) / (piece.from + root)) * 1000;
}

/** Returns when a load reaches its highest target, and when it begins to leave it; null: not before its end. */
export function heightOf({ stages, ramping, startTarget }: StagePlan): {
  readonly target: number;
  readonly heightMs: number;
  readonly declineMs: number | null;
} {
  const target = Math.max(startTarget, ...stages.map((stage) => stage.target));
  if (!ramping) return { target, heightMs: 0, declineMs: null };
  let atMs = 0;
  let heightMs = startTarget === target ? 0 : null;
  for (const stage of stages) {
    if (heightMs !== null && stage.target < target) return { target, heightMs, declineMs: atMs };
    atMs += stage.durationMs;
    if (stage.target === target) heightMs ??= atMs;
  }
  return { target, heightMs: heightMs ?? atMs, declineMs: null };
}

/** Puts what an objective measured into words, with the digits that its interval supports. */
import type { Measured, ObjectiveVerdict } from "../objective.ts";
import { exact, figure, floored, interval } from "../std/figure.ts";

type Shown = Pick<ObjectiveVerdict, "measured" | "unit"> & { readonly measure?: string };

/** Returns the words: "4.77 to 4.94 s", "99.387 % (99.37 to 99.41)", "no outage", "no evidence". */
export function measuredWords({ measured, unit, measure }: Shown): string {
  if (measure === "recovery-seconds" && isZero(measured)) return "no outage";
  return formatMeasured(measured, unit);
}

export function formatMeasured(measured: Measured, unit: string): string {
  if (measured === null) return "no evidence";
  const suffix = unit === "" ? "" : ` ${unit}`;
  if (!("lower" in measured)) return `${single(measured.value, unit)}${suffix}`;
  const { lower, upper, value } = measured;
  if (upper === null) return value === undefined ? `over ${figure(lower)}${suffix}` : `${single(value, unit)}${suffix}`;
  if (lower === upper) return `${single(lower, unit)}${suffix}`;
  if (value === undefined) return `${interval(lower, upper)}${suffix}`;
  return `${single(value, unit)}${suffix} (${interval(lower, upper)})`;
}

/** A share is rounded down, so that 99.9996 % never reads as 100 %. */
function single(value: number, unit: string): string {
  if (unit !== "%" || Number.isInteger(value)) return exact(value);
  return floored(value, 3).replace(/\.?0+$/, "");
}

function isZero(measured: Measured): boolean {
  if (measured === null) return false;
  return "lower" in measured ? measured.lower === 0 && measured.upper === 0 : measured.value === 0;
}

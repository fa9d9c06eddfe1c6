/** All rows that are played with real parts, as one explicit list. */
import { LAB_HEALTHY } from "./lab-healthy.ts";
import { BROKEN_SETTINGS } from "./lab-settings.ts";
import { BROKEN_SHOPS } from "./lab-shops.ts";
import type { LabRow } from "./row.ts";

export const LAB_ROWS: readonly LabRow[] = [...BROKEN_SHOPS, ...BROKEN_SETTINGS, ...LAB_HEALTHY];

/** All existing rows, as one explicit list. */
import { FAKE_HEALTHY } from "./fake-healthy.ts";
import { FAKE_LEDGER } from "./fake-ledger.ts";
import { FAKE_MUTANTS } from "./fake-mutants.ts";
import { FAKE_TWISTED } from "./fake-twisted.ts";
import { FAKE_UNASKED } from "./fake-unasked.ts";
import { LAB_ROWS } from "./lab-rows.ts";
import type { Row } from "./row.ts";

export const ROWS: readonly Row[] = [
  ...FAKE_MUTANTS,
  ...FAKE_HEALTHY,
  ...FAKE_TWISTED,
  ...FAKE_UNASKED,
  ...FAKE_LEDGER,
  ...LAB_ROWS,
];

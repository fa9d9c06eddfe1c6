/** The list of all validity rules, in the order in which they are shown. */
import { clocksSane } from "./clocks-sane.ts";
import { evidenceSound } from "./evidence-sound.ts";
import { faultsBit } from "./faults-bit.ts";
import { faultsEnded } from "./faults-ended.ts";
import { generatorHealthy } from "./generator-healthy.ts";
import { healthyBefore } from "./healthy-before.ts";
import { ledgerRead } from "./ledger-read.ts";
import { loadKeptPace } from "./load-kept-pace.ts";
import { noResidue } from "./no-residue.ts";
import { probesGapless } from "./probes-gapless.ts";
import type { ValidityRule } from "./rule.ts";
import { runComplete } from "./run-complete.ts";

export const VALIDITY_RULES: readonly ValidityRule[] = [
  evidenceSound,
  runComplete,
  clocksSane,
  loadKeptPace,
  generatorHealthy,
  healthyBefore,
  faultsBit,
  faultsEnded,
  probesGapless,
  ledgerRead,
  noResidue,
];

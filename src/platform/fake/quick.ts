/** The quick fake: the same behaviour with everything that takes time about ten times faster, for tests in real time. */
import type { BehaviourChange } from "./behaviour.ts";

export const QUICK: BehaviourChange = {
  database: { failoverMs: [250, 500], failoverUnreachableMs: [600, 900], rejoinMs: [100, 250] },
  sessionStore: { failoverMs: [200, 350], failoverUnreachableMs: [400, 600], rejoinMs: [100, 200] },
  app: { startMs: [200, 400] },
  proxy: { detectMs: [50, 150] },
  scaling: { syncMs: 1500, stabilisationMs: 4000 },
};

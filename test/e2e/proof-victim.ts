/** Begins a proof as the scripts do: boots a lab of its own, prints its folder, and waits. lab-up.test.ts interrupts this process. */
import { AttachedLab, shopPlan } from "../proofs/attached-lab.ts";

await using lab = await AttachedLab.up(shopPlan({}));
console.log(lab.folder);
setInterval(() => undefined, 1_000);
await new Promise(() => undefined);

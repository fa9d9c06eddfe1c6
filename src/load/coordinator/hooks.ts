/** Runs setup() and teardown() of the scenarios once per load, on one worker that the coordinator chooses. */
import type { Json } from "../../std/json.ts";
import type { FromWorker } from "../wire/protocol.ts";
import { tearingDownEnded } from "./complaints.ts";
import type { Member } from "./member.ts";
import { stuckAmong } from "./silence.ts";
import { HOOK_DEADLINE_MS, type Waiters } from "./waiters.ts";

/** Resolves with what setup() returned, by scenario. Rejects when setup() throws, its worker ends, or it takes too long. */
export async function runSetup(member: Member, waiters: Waiters): Promise<readonly Json[]> {
  let data: readonly Json[] = [];
  const isSetUp = (message: FromWorker | null) => {
    if (message?.type === "set-up") data = message.data;
    return message?.type === "set-up";
  };
  const heard = waiters.wait(isSetUp, "setup to end", () => stuckAmong([member]), HOOK_DEADLINE_MS);
  member.link.send({ type: "setup" });
  await heard;
  return data;
}

/** Resolves when teardown() has ended. Rejects when teardown() throws, its worker ends, or it takes too long. */
export async function runTeardown(member: Member, data: readonly Json[], waiters: Waiters): Promise<void> {
  const isTornDown = (message: FromWorker | null) => message?.type === "torn-down";
  const heard = waiters.wait(isTornDown, "teardown to end", () => stuckAmong([member]), HOOK_DEADLINE_MS);
  member.link.send({ type: "teardown", data });
  void member.link.gone.then(() => waiters.reject(tearingDownEnded(member.name, member.link.where)));
  await heard;
}

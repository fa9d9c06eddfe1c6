/** Explains to the author of the app why one of its replicas does not become ready. */
import { addressOf } from "./addresses.ts";
import type { Slot } from "./app.ts";
import { whyUnreached } from "./listeners.ts";
import type { ReplicaParts } from "./replicas.ts";

/** Returns the reason. It reads the same for all replicas that share it, so that it is reported only once. */
export async function whyNotReady(
  slot: Slot,
  { config, observer, users }: ReplicaParts,
  signal: AbortSignal,
): Promise<string> {
  const { path, status: wanted, timeout } = config.app.readiness;
  const { node, port } = slot;
  const status = await observer.app(slot, config.app.readiness, signal);
  const ended = endOf((await observer.services(node, signal)).find(({ name }) => name === `app/${slot.name}`));
  if (status !== undefined) return `${path} answers status ${status}, ready is ${wanted}${ended}`;
  const at = { port, reachableAt: addressOf(node), uid: users.app.uid };
  const unreached = whyUnreached(await observer.listeners(node, signal), at);
  return `${unreached ?? `no answer to GET ${path} within ${timeout / 1000} s`}${ended}`;
}

function endOf(report: { readonly failures: number; readonly lastEnd: string | null } | undefined): string {
  if (report === undefined || report.failures === 0) return "";
  const times = report.failures === 1 ? "once" : `${report.failures} times`;
  return `; it ended ${times}, the last time by ${report.lastEnd}`;
}

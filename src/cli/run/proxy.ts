/** A game day measures the platform directly, and so ignores the proxy that the environment may name for other programs. */
import { splitUrl } from "../../load/http/origin.ts";
import { proxiesOf, proxyPlanOf } from "../../load/http/proxy.ts";
import type { Plan } from "../../plan.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns a line for people if the environment names a proxy on the way to the plan's platform, which a game day does not use.
 */
export function neglectedProxy(plan: Pick<Plan, "platform">, env: Environment): string | null {
  const { endpoint } = plan.platform;
  const named = proxyPlanOf(env);
  if (named === undefined || typeof endpoint !== "string" || !leadsThrough(endpoint, named)) return null;
  return `the environment names a proxy, but a game day uses none: users, probes and reads connect to ${endpoint} directly`;
}

/** Returns whether the proxy would be used for the endpoint; one that is invalid is reported as well. */
function leadsThrough(endpoint: string, named: NonNullable<ReturnType<typeof proxyPlanOf>>): boolean {
  try {
    return proxiesOf(named).on(splitUrl(endpoint).origin) !== null;
  } catch {
    return true;
  }
}

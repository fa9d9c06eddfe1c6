/** A game day sees the platform itself: what stands in the environment for other programs is not in its way. */
import { splitUrl } from "../../load/http/origin.ts";
import { proxiesOf, proxyPlanOf } from "../../load/http/proxy.ts";
import type { Plan } from "../../plan.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A line for people when the environment names a proxy on the way to the plan's platform, which a game day does not take. */
export function neglectedProxy(plan: Pick<Plan, "platform">, env: Environment): string | null {
  const { endpoint } = plan.platform;
  const named = proxyPlanOf(env);
  if (named === undefined || typeof endpoint !== "string" || !leadsThrough(endpoint, named)) return null;
  return `the environment names a proxy, and a game day takes none: users, probes and reads go to ${endpoint} directly`;
}

/** One that could not be used is named all the same. */
function leadsThrough(endpoint: string, named: NonNullable<ReturnType<typeof proxyPlanOf>>): boolean {
  try {
    return proxiesOf(named).on(splitUrl(endpoint).origin) !== null;
  } catch {
    return true;
  }
}

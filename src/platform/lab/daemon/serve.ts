/** The calls that a lab's daemon answers: the platform's port, one call for each method. */
import { type CapabilityName, type Change, capabilityOf, type Target } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import type { LabPlatform } from "../host.ts";
import type { Handler } from "../rpc.ts";

type Given = { readonly [key: string]: Json };

/** A call of a capability: [capability, method, change or target, parameters]. */
type CapabilityCall = readonly [CapabilityName, keyof typeof METHODS, Json, Json?];

export function labHandler(lab: LabPlatform, hello: Json): Handler {
  return async (call, given, emit, signal) => {
    const { statement, parameters, command, count, folder, window, node } = given as Given;
    switch (call) {
      case "hello":
        return hello;
      case "health":
        return (await lab.health(signal)) as unknown as Json;
      case "topology":
        return (await lab.topology(signal)) as unknown as Json;
      case "watch":
        await lab.watch((event) => emit(event as unknown as Json), signal);
        return null;
      case "restore":
        return (await lab.restore(signal)) as unknown as Json;
      case "collect":
        await lab.collect(folder as string, window as { fromMs: number; toMs: number }, signal);
        return null;
      case "sql":
        return { ...(await lab.queries.sql(statement as string, parameters as Json[], signal)) };
      case "redis":
        return lab.queries.redis(command as string[], signal);
      case "scale":
        await lab.scaleApp(count as number, signal);
        return null;
      case "cpu":
        return (await lab.replicaCpu(signal)) as unknown as Json;
      case "inside":
        return insideCall(lab, node as string, signal);
      case "close-inside":
        await lab.closeInside(node as string);
        return null;
      case "capability":
        return capabilityCall(lab, given as unknown as CapabilityCall, signal);
      default:
        throw new RangeError(`expected a call that the lab knows, got "${call}"`);
    }
  };
}

async function insideCall(lab: LabPlatform, node: string, signal: AbortSignal): Promise<Json> {
  const { baseUrl, enter } = await lab.inside(node, signal);
  return { baseUrl, enter: [...enter] };
}

const METHODS = { prior: true, apply: true, bitten: true, revert: true, healed: true };

async function capabilityCall(
  lab: LabPlatform,
  [name, method, on, parameters]: CapabilityCall,
  signal: AbortSignal,
): Promise<Json> {
  const capability = capabilityOf(lab, name);
  if (capability === undefined) throw new RangeError(`expected a capability of the lab, got "${name}"`);
  if (method === "prior") return capability.prior(on as unknown as Target, parameters as Given, signal);
  const answer = await capability[method](on as unknown as Change, signal);
  return (answer ?? null) as Json;
}

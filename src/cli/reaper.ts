import { Command } from "commander";
import type { World } from "../cli.ts";
import { connectKubernetes } from "../kubernetes/client.ts";
import { reap } from "../platform/kubernetes/reaper.ts";
import { monotonicClock } from "../std/clock.ts";

/** `gameday reaper --namespace N`: runs in the cluster as long as a run lasts, and undoes what a dead run left behind. */
export function reaperCommand(world: World): Command {
  return new Command("reaper")
    .description("undo, from inside the cluster, what a dead run has left; a run on Kubernetes starts it by itself")
    .requiredOption("--namespace <name>", "the namespace under test, which holds the list of what must be undone")
    .action(async ({ namespace }: { namespace: string }) => {
      const end = new AbortController();
      using _interrupt = world.onInterrupt(() => end.abort());
      const api = await connectKubernetes(undefined);
      const say = (line: string) => world.stdout.write(`${world.now().toISOString()} ${line}\n`);
      say(`the reaper of namespace ${namespace} is up`);
      await reap({ api, namespace, clock: monotonicClock(), say, signal: end.signal });
    });
}

/**
 * `--hook FILE`: sends a request to another system when a phase or a fault begins and ends, and for the verdict: annotations in Grafana,
 * messages in a chat, anything with an HTTP API. The file says what is sent; docs/guide/metrics.md has recipes.
 */
import { basename } from "node:path";
import type { Output, OutputKind, RunContext } from "../output.ts";
import { type Json, parseJson } from "../std/json.ts";
import type { HookMoment } from "./hook/moments.ts";
import type { HookFile, HookRequest } from "./hook/schema.ts";
import type { Filling, Values } from "./hook/template.ts";

/** What may stand in braces in a hook's file. */
export const PLACEHOLDERS: ReadonlySet<string> = new Set([
  ...["run", "plan", "platform", "seed"],
  ...["kind", "name", "fault", "edge", "text", "fromMs", "toMs", "fromIso", "toIso"],
]);
/** Attempts for one message: it is sent only once, so that a short trouble of the receiver must not lose it. */
const ATTEMPTS = 3;

export const hookOutput: OutputKind = {
  name: "hook",
  says: "messages to other systems when phases and faults begin and end, and for the verdict",
  flags: [
    {
      flags: "--hook <file>",
      says: "a YAML file that lists what to send where when phases, faults and the verdict come; may be repeated",
      isRepeated: true,
    },
  ],
  async open(context, { hook }, env) {
    if (hook === undefined || hook === true) return null;
    const { readHook } = await import("./hook/read.ts");
    const files = typeof hook === "string" ? [hook] : hook;
    return await hooksOf(
      context,
      files.map((file) => [basename(file), readHook(file, env, PLACEHOLDERS)]),
    );
  },
};

async function hooksOf(context: RunContext, hooks: readonly (readonly [string, HookFile])[]): Promise<Output> {
  const [{ MomentFinder }, { filledRequest }, { Sender }] = await Promise.all([
    import("./hook/moments.ts"),
    import("./hook/template.ts"),
    import("./sender.ts"),
  ]);
  const finder = new MomentFinder();
  const senders = hooks.map(([name, hook]) => {
    const sender = new Sender({ attempts: ATTEMPTS });
    const answers = new Map<string, Json>();
    const send = (request: HookRequest, moment: HookMoment) => {
      const key = `${moment.kind} ${moment.name}`;
      const filling = (): Filling => ({ values: valuesOf(context, moment), answer: answers.get(key) ?? null });
      sender.send(
        () => filledRequest(request, filling()),
        (text) => keepAnswer(answers, key, moment, text),
      );
    };
    const hear = (moment: HookMoment) => {
      if (!hook.on.includes(moment.kind)) return;
      const request = moment.edge === "begin" ? hook.begin : hook.end;
      if (request !== undefined) send(request, moment);
    };
    return { name, sender, hear };
  });
  let told = false;
  const losses = () => {
    const lost = senders.flatMap(({ name, sender }) => (sender.losses === null ? [] : [`${name}: ${sender.losses}`]));
    return lost.length === 0 ? null : lost.join("; ");
  };
  const idle = async (signal: AbortSignal) =>
    void (await Promise.all(senders.map(({ sender }) => sender.idle(signal))));
  return {
    event(event) {
      const moment = finder.event(event);
      if (moment !== null) for (const { hear } of senders) hear(moment);
    },
    verdict(verdict) {
      for (const { hear } of senders) hear(finder.verdict(verdict, context.clock.nowMs()));
    },
    async settle(signal) {
      await idle(signal);
      const lost = losses();
      told = lost !== null;
      return lost;
    },
    async close(signal) {
      await idle(signal);
      for (const { sender } of senders) sender.close();
      const lost = losses();
      if (lost !== null && !told) context.say(`hook ${lost}`);
    },
  };
}

/** The answer to the message of a begin is kept for the message of the end. */
function keepAnswer(answers: Map<string, Json>, key: string, { edge }: HookMoment, text: string): void {
  if (edge === "end") return void answers.delete(key);
  try {
    answers.set(key, parseJson(text) as Json);
  } catch {
    answers.set(key, null); // the receiver answers no JSON, so that nothing can be taken from its answer
  }
}

function valuesOf({ runId, plan, platform, seed, startedAtMs, redact }: RunContext, moment: HookMoment): Values {
  const { kind, name, fault, edge, text, fromMs, toMs } = moment;
  const clean = redact ?? ((given: string) => given);
  const at = (ms: number) => Math.round(startedAtMs + ms);
  return {
    run: runId,
    plan: clean(plan),
    platform,
    seed,
    kind,
    name: clean(name),
    fault,
    edge,
    text: clean(text),
    fromMs: at(fromMs),
    toMs: toMs === null ? null : at(toMs),
    fromIso: new Date(at(fromMs)).toISOString(),
    toIso: toMs === null ? null : new Date(at(toMs)).toISOString(),
  };
}

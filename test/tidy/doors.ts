/**
 * The doors to the process, its environment and the clocks. The command has one door, world.ts. What runs as a program of its own
 * (a load worker, the probes, the inspection of a script, the agent and the daemon of the lab) has doors of its own, and so has what
 * starts such a program or must end with the tool.
 */
import { matchesGlob } from "node:path";
import type { Sources } from "./floors.ts";

export interface Door {
  readonly to: "process" | "wall clock" | "clock";
  readonly pattern: RegExp;
  /** The files that may use it; a folder is written with **. */
  readonly files: readonly string[];
}

const MEMBERS =
  "arch|argv|channel|chdir|connected|cpuUsage|cwd|disconnect|emit|env|exec|execArgv|execPath|exit|exitCode|get\\w*[ug]id\\w*|hrtime|kill|memoryUsage|nextTick|off|on|once|pid|platform|ppid|release|removeListener|resourceUsage|send|set\\w*[ug]id\\w*|std(?:in|out|err)|title|umask|uptime|versions?";

/** Returns one line for each file that uses a door without being listed, and for each listed file that does not use it. */
export function wrongDoors(sources: Sources, doors: readonly Door[]): string[] {
  return doors.flatMap(({ to, pattern, files }) => {
    const users = [...sources].filter(([, text]) => pattern.test(withoutComments(text))).map(([file]) => file);
    const strange = users.filter((file) => !files.some((one) => matchesGlob(file, one)));
    const idle = files.filter((one) => !one.includes("*") && !users.some((file) => matchesGlob(file, one)));
    return [
      ...strange.map(
        (file) => `${file} uses the ${to}; pass it in, or list the file in test/tidy/doors.ts with good reason`,
      ),
      ...idle.map((one) => `${one} does not use the ${to} any more; take it off the list in test/tidy/doors.ts`),
    ];
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

const PROCESS = new RegExp(`(?<![.\\w#])process\\.(?:${MEMBERS})\\b|\\bfrom "node:process"`);
const WALL_CLOCK = /\bDate\.now\b|\bnew Date\(\)/;
const CLOCK = /\bperformance\.now\b|\bset(?:Timeout|Interval|Immediate)\b/;

/** The list that ARCHITECTURE.md explains. */
export const DOORS: readonly Door[] = [
  {
    to: "process",
    pattern: PROCESS,
    files: [
      // The command.
      "src/world.ts",
      "src/cli/run/environment.ts",
      "src/cli/doctor.ts",
      // Programs of their own: a load worker, the probes, the inspection of a script, and their threads.
      "src/load/worker/process.ts",
      "src/load/worker/process-figures.ts",
      "src/load/worker/stuck-guard-thread.ts",
      "src/load/probe/process.ts",
      "src/load/script/inspect-process.ts",
      "src/load/script/guard.ts",
      "src/load/time/bell.ts",
      "src/load/time/bell-thread.ts",
      "src/load/wire/die-with-us.ts",
      "src/load/wire/join.ts",
      // What starts them, or names this process to them.
      "src/load/probe/start.ts",
      "src/load/wire/gateway.ts",
      "src/std/exec.ts",
      // The lab: its agent and its daemon, and what asks who and where this process is to make namespaces.
      "src/platform/lab/agent/**",
      "src/platform/lab/daemon/main.ts",
      "src/platform/lab/*.ts",
      // One run at a time: the lock belongs to this user.
      "src/run/lock.ts",
      "src/scenario/load-error.ts",
      // The monotonic clock of the run.
      "src/std/clock.ts",
    ],
  },
  {
    to: "wall clock",
    pattern: WALL_CLOCK,
    files: [
      "src/world.ts",
      // The page is a program of the browser.
      "src/page/**",
      // The expiry of a cookie is a date.
      "src/load/http/cookie.ts",
      "src/load/http/cookies.ts",
      // Logs are collected since a date, a lease is renewed with one, and the lab's daemon states since when it runs.
      "src/platform/external/platform.ts",
      "src/platform/kubernetes/capability/announce.ts",
      "src/platform/kubernetes/lease.ts",
      "src/platform/kubernetes/platform.ts",
      "src/platform/lab/single.ts",
    ],
  },
  {
    to: "clock",
    pattern: CLOCK,
    files: [
      // Live parts wait, bound their waits, and measure. The pure parts, the plan and the evidence do not.
      "src/std/{clock,deadline,wait}.ts",
      "src/page/**",
      "src/load/**",
      "src/scenario/load-error.ts",
      "src/kubernetes/**",
      "src/platform/session.ts",
      "src/platform/{external,fake,kubernetes,lab}/**",
      "src/fault/{guard,injection,watchdog}.ts",
      "src/run/*.ts",
      "src/output/**",
      "src/control/**",
      "src/dashboard/**",
      "src/cli/worker.ts",
      "src/cli/{load,run,serve}/**",
    ],
  },
];

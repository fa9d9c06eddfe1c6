/** Code acts on fields, never on the wording of a text (docs/decisions/0330): these patterns find where it reads one. */
import type { Sources } from "./floors.ts";

const TEXT = "(?:says|because|by|seen|got|expected|hint|reason|message|sentence)";
const READS: readonly RegExp[] = [
  new RegExp(
    `\\b${TEXT}\\)?\\??\\.(?:startsWith|endsWith|includes|match|matchAll|split|indexOf|search|replace|replaceAll)\\(`,
  ),
  new RegExp(`\\.(?:test|exec)\\((?:[\\w.#?]*\\.)?${TEXT}\\)`),
];

/** The files that may read texts, each with the reason. */
export const READERS: Readonly<Record<string, string>> = {
  "src/evidence/earlier.ts": "the texts of evidence before version 3",
  "src/load/http/failure.ts": "OpenSSL's reasons, which have no code",
  "src/load/http/http2/failure.ts": "Node's error of HTTP/2, whose code stands only in its text",
  "src/load/user/socket.ts": "the messages of the ws library, which have no code",
  "src/load/job/view.ts": "Kubernetes' reasons",
  "src/load/job/workers-job.ts": "Kubernetes' reasons",
  "src/platform/external/trouble.ts": "the messages of PostgreSQL's driver",
  "src/platform/lab/capability/cut.ts": "what `ip` prints",
  "src/platform/lab/capability/delay.ts": "what `ip` prints, and a list with null",
  "src/plan/saying.ts": "the layout of a schema's message, which decides nothing",
  "src/checker/amounts.ts": "presentation: a capital letter",
  "src/cli/init/yaml-lines.ts": "presentation: lines of a comment",
  "src/timeline/describe.ts": "presentation: the first line",
  "src/page/run-page.ts": "presentation: what is announced again",
  "src/report/text/junit.ts": "presentation: white space",
  "src/view/log.ts": "presentation: the marks before a line",
  "src/scenario/thrown.ts": "a list of errors that have been seen",
  "src/timeline/rounds.ts": "a list of times",
};

/** Returns the lines that read a text in a file that is not listed, and the listed files that read none. */
export function readersOfTexts(sources: Sources, listed: Readonly<Record<string, string>>): string[] {
  const found = [...sources].flatMap(([file, text]) =>
    text.split("\n").flatMap((line, at) => (READS.some((reads) => reads.test(line)) ? [{ file, line: at + 1 }] : [])),
  );
  const files = new Set(found.map(({ file }) => file));
  return [
    ...found.filter(({ file }) => listed[file] === undefined).map(({ file, line }) => `${file}:${line}`),
    ...Object.keys(listed)
      .filter((file) => !files.has(file))
      .map((file) => `${file} is listed without need`),
  ];
}

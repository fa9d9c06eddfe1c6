/** Code acts on fields, never on the wording of a text (docs/decisions/0330): these patterns find where it reads one. */
import type { Sources } from "./floors.ts";

const TEXT = "(?:says|because|by|seen|got|expected|hint|reason|message|sentence)";
/** Functions whose result is a text for people. */
const WORDED = "(?:messageOf|thrownText|systemReason)\\([^()]*\\)";
const LOOKS = "\\??\\.(?:startsWith|endsWith|includes|match|matchAll|split|indexOf|search|replace|replaceAll)\\(";
/** A literal of more than one word: a value that is compared with it was written for people. */
const SENTENCE = "[\"'`][^\"'`]* [^\"'`]*[\"'`]";
const READS: readonly RegExp[] = [
  new RegExp(`(?:\\b${TEXT}|${WORDED})\\)?${LOOKS}`),
  new RegExp(`\\.(?:test|exec)\\((?:(?:[\\w.#?]*\\.)?${TEXT}\\)|${WORDED})`),
  new RegExp(`\\b${TEXT}\\)?\\s*(?:===|!==)\\s*${SENTENCE}`),
  new RegExp(`${SENTENCE}\\s*(?:===|!==)\\s*[\\w.#?]*\\b${TEXT}\\b`),
  new RegExp(`\\bswitch \\((?:[\\w.#?]*\\.)?(?:${TEXT}|${WORDED})\\)`),
  new RegExp(`\\bcase ${SENTENCE}:`),
  /\[(?:[\w.#?]+\.)(?:says|because|message|sentence)\]/,
];
/** A text under another name: `const text = thrown.message;`. */
const RENAMED = new RegExp(`\\b(?:const|let) (\\w+) = (?:[\\w.#?()]*\\.${TEXT}|${WORDED})(?: \\?\\? "")?;`, "g");
/** A text under another name, taken apart: `const { message: text } = thrown;`. */
const TAKEN = new RegExp(`[{,] *${TEXT}: (\\w+)[ ,}][^;]*= `, "g");

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
  "src/scenario/load-error.ts": "the messages of Node's loader, which have no code",
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
  const found = [...sources].flatMap(([file, text]) => {
    const reads = [...READS, ...readsOfRenamed(text)];
    return text
      .split("\n")
      .flatMap((line, at) => (reads.some((one) => one.test(line)) ? [{ file, line: at + 1 }] : []));
  });
  const files = new Set(found.map(({ file }) => file));
  return [
    ...found.filter(({ file }) => listed[file] === undefined).map(({ file, line }) => `${file}:${line}`),
    ...Object.keys(listed)
      .filter((file) => !files.has(file))
      .map((file) => `${file} is listed without need`),
  ];
}

function readsOfRenamed(text: string): RegExp[] {
  const names = [...text.matchAll(RENAMED), ...text.matchAll(TAKEN)].map(([, name = ""]) => name);
  return [...new Set(names)].flatMap((name) => [
    new RegExp(`(?<![\\w.])${name}${LOOKS}`),
    new RegExp(`\\.(?:test|exec)\\(${name}\\)`),
    new RegExp(`\\b${name}\\s*(?:===|!==)\\s*${SENTENCE}`),
  ]);
}

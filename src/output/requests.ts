/** `--requests-csv`: requests.csv in the run folder, with one line for each request, sealed with the evidence. */
import { join } from "node:path";
import { REQUESTS_FILE } from "../evidence/files.ts";
import type { Output, OutputKind, RunContext } from "../output.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

export const requestsOutput: OutputKind = {
  name: "requests",
  says: "requests.csv in the run folder: one line for each request of the users",
  flags: [
    {
      flags: "--requests-csv",
      says: "also write each request to requests.csv in the run folder, about 150 bytes for each",
    },
  ],
  async open(context, { requestsCsv }) {
    return requestsCsv === undefined ? null : await opened(context);
  },
};

async function opened({ folder, startedAtMs, redact }: RunContext): Promise<Output> {
  if (folder === null) {
    throw new GamedayError({
      code: "bad-flag",
      expected: "--out FOLDER with --requests-csv",
      got: "--requests-csv alone",
      exitCode: ExitCode.usage,
    });
  }
  const { openRequestsFile, RequestsFile } = await import("./requests/file.ts");
  const file = new RequestsFile({ startedAtMs, redact }, () => openRequestsFile(join(folder, REQUESTS_FILE)));
  return {
    requests: (batch) => file.take(batch),
    async settle(signal) {
      await file.finish(signal);
      return file.missing;
    },
    close: (signal) => file.close(signal),
  };
}

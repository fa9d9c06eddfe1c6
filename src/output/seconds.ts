/** `seconds.ndjson` in the run folder: the run in columns of one second, for charts and live views. */
import type { Output, OutputKind } from "../output.ts";
import { SecondsWriter } from "../second/file.ts";
import { messageOf } from "../std/errors.ts";

export const secondsOutput: OutputKind = {
  name: "seconds",
  says: "seconds.ndjson in the run folder: one row for each second",
  flags: [],
  async open({ folder, redact }) {
    return folder === null ? null : writing(() => new SecondsWriter(folder, redact));
  },
};

/** The file is made with the first row, when the folder exists. */
function writing(make: () => SecondsWriter): Output {
  let writer: SecondsWriter | null = null;
  let failure: string | null = null;
  const guarded = (write: () => void) => {
    if (failure !== null) return;
    try {
      write();
    } catch (thrown) {
      failure = messageOf(thrown);
    }
  };
  return {
    second: (row) =>
      guarded(() => {
        writer ??= make();
        writer.write([row]);
      }),
    settle: async () => {
      guarded(() => writer?.finish());
      return failure === null ? null : `seconds.ndjson is incomplete: ${failure}`;
    },
    close: async () => undefined,
  };
}

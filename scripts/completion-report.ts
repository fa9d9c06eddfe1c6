/** `npm run completion-report`: writes docs/completion-report.md from docs/full-run and docs/track-record. */
import { existsSync, writeFileSync } from "node:fs";
import { completionReport, KEPT_FOLDER, REPORT_PAGE, TRACK_FOLDER } from "./completion.ts";

if (existsSync(KEPT_FOLDER)) writeFileSync(REPORT_PAGE, completionReport(KEPT_FOLDER, TRACK_FOLDER));
else {
  console.error(`expected a kept run in ${KEPT_FOLDER}, got no such folder; \`npm run keep:full-run -- RUN\` makes it`);
  process.exitCode = 3;
}

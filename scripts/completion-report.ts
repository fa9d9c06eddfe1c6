/** `npm run completion-report`: writes docs/completion-report.md from the kept runs and docs/track-record. */
import { writeFileSync } from "node:fs";
import { completionReport, KEPT_FOLDERS, REPORT_PAGE, TRACK_FOLDER } from "./completion.ts";

writeFileSync(REPORT_PAGE, completionReport(KEPT_FOLDERS, TRACK_FOLDER));

/** What the mission requires of the product itself, whichever platform it runs on, and where each is shown. One explicit list. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "../src/status.ts";
import type { Row, TrackRecord } from "./track-record.ts";

export interface ProductRow {
  readonly says: string;
  answer(trackFolder: string): { readonly status: Status; readonly measured: string; readonly evidence: string };
}

const API_PAGE = "[reference](reference/api.md)";

export const PRODUCT_ROWS: readonly ProductRow[] = [
  tested("a live page of the run, with every control", "guide/dashboard.md", "../test/browser/watching.test.ts"),
  {
    says: "an API, and a document of it that is true",
    answer(folder) {
      const file = join(folder, "api.json");
      const rows = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TrackRecord<Row>).rows : [];
      const newest = rows.at(-1) as (Row & { readonly failures: number; readonly serverErrors: number }) | undefined;
      if (newest === undefined) return { status: "unknown", measured: "not fuzzed yet", evidence: API_PAGE };
      const { failures, serverErrors, date } = newest;
      const measured = `fuzzed on ${date.slice(0, 10)}: ${failures + serverErrors} answers outside its document`;
      const status = failures + serverErrors === 0 ? "pass" : "fail";
      return { status, measured, evidence: `[api.json](track-record/api.json), ${API_PAGE}` };
    },
  },
  tested("reports for people and machines", "guide/verdict.md", "../test/golden.test.ts"),
  tested(
    "documents in three levels, whose commands, links and plans are true",
    "README.md",
    "../test/documents/documents.test.ts",
  ),
  tested("game days in CI", "guide/ci.md", "../test/documents/documents.test.ts"),
  tested("drills with people", "guide/drills.md", "../test/documents/documents.test.ts"),
];

/** Returns a requirement that a page describes and a test holds at each commit. */
function tested(says: string, page: string, test: string): ProductRow {
  return {
    says,
    answer() {
      const absent = [page, test].filter((file) => !existsSync(join("docs", file)));
      const status = absent.length === 0 ? "pass" : "unknown";
      const measured = absent.length === 0 ? "tested with each commit" : `${absent.join(" and ")} does not exist`;
      return { status, measured, evidence: `[page](${page}), [test](${test})` };
    },
  };
}

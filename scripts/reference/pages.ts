/** The generated pages of docs/reference, as names and texts. */
import { apiPage, openApiJson } from "./api-page.ts";
import { cliPage } from "./cli-page.ts";
import { metricsPage } from "./metrics-page.ts";
import { planPage } from "./plan-page.ts";
import { requestsPage } from "./requests-page.ts";
import { statsPage } from "./stats-page.ts";

export async function referencePages(): Promise<[file: string, text: string][]> {
  return [
    ["plan.md", planPage()],
    ["metrics.md", metricsPage()],
    ["requests-csv.md", requestsPage()],
    ["stats.md", statsPage()],
    ["cli.md", await cliPage()],
    ["api.md", apiPage()],
    ["openapi.json", openApiJson()],
  ];
}

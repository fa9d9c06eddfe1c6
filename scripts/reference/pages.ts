/** The generated pages of docs/reference, as names and texts. */
import { apiPage, openApiJson } from "./api-page.ts";
import { cliPage } from "./cli-page.ts";
import { metricsPage } from "./metrics-page.ts";
import { planPage } from "./plan-page.ts";

export async function referencePages(): Promise<[file: string, text: string][]> {
  return [
    ["plan.md", planPage()],
    ["metrics.md", metricsPage()],
    ["cli.md", await cliPage()],
    ["api.md", apiPage()],
    ["openapi.json", openApiJson()],
  ];
}

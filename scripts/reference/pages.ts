/** The generated pages of docs/reference, as names and texts. */
import { cliPage } from "./cli-page.ts";
import { planPage } from "./plan-page.ts";

export async function referencePages(): Promise<[file: string, text: string][]> {
  return [
    ["plan.md", planPage()],
    ["cli.md", await cliPage()],
  ];
}

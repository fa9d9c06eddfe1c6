/**
 * `npm run prove:page`: a game day on the lab, watched and controlled in Chromium from its start to its verdict. It takes about three
 * minutes. The same steps on the simulated platform are part of `npm run test:browser`.
 */
import { test } from "node:test";
import { useBrowser } from "./browser.ts";
import { watchDay } from "./watched-day.ts";

const browser = useBrowser();

test("a game day on the lab, watched and controlled from its start to its verdict", (context) =>
  watchDay(context, browser, { plan: "test/fixtures/lab-watched.yaml", name: "lab-watched", users: 6 }));

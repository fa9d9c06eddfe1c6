import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Operation } from "../../history.ts";
import { monotonicClock } from "../../std/clock.ts";
import { until } from "../../std/wait.ts";
import { startProbes } from "./start.ts";

const PROBES = `import { probes } from "gameday";
const beat = ({ http }) => http.get("/");
export default probes([
  { class: "usual", object: "o", kind: "read", beat },
  { class: "slower", object: "o", kind: "read", rate: 10, beat },
  { class: "planned", object: "o", kind: "read", rate: 10, beat },
]);
`;

test("each class beats at the plan's rate, else its module's, else 20 times a second; its samples say so", async (context) => {
  const server = createServer((_request, response) => response.end("well"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "gameday-rate-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    server.close();
  });
  const file = join(folder, "probes.ts");
  writeFileSync(file, PROBES);
  const operations: Operation[] = [];
  const { signal } = new AbortController();
  const handle = await startProbes({
    file,
    rate: { planned: 4 },
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runId: "rate",
    seed: "1",
    clock: monotonicClock(),
    onOperation: (operation) => operations.push(operation),
    onEvent: () => undefined,
    signal,
  });
  const of = (name: string) => operations.filter(({ process }) => process === `probe/${name}/kept`);
  await until(() => of("planned").length >= 4, { what: "four slow beats", deadlineMs: 15_000, signal });
  await handle.stop();
  for (const [name, everyMs] of [
    ["usual", 50],
    ["slower", 100],
    ["planned", 250],
  ] as const) {
    const beats = of(name);
    assert.deepEqual(new Set(beats.map(({ probe }) => probe?.everyMs ?? 50)), new Set([everyMs]), name);
    const sends = beats.map(({ intendedAtMs }) => intendedAtMs).toSorted((a, b) => a - b);
    const lastedMs = (sends.at(-1) ?? 0) - (sends[0] ?? 0);
    // Each beat comes somewhere in its period. A busy machine leaves out beats, which can only lengthen the whole.
    assert.ok(lastedMs > (beats.length - 2) * everyMs, `${name}: ${beats.length} beats in ${lastedMs} ms`);
  }
  assert.ok(of("usual").length > of("slower").length && of("slower").length > of("planned").length);
});

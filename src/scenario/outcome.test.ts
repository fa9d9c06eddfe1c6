import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reply, TransportError } from "../scenario.ts";
import { outcomeOf } from "./outcome.ts";

function reply(status: number, more: Record<string, unknown> = {}): Reply {
  const error = (more["error"] as TransportError | undefined) ?? null;
  return {
    status,
    ok: status >= 200 && status < 400,
    error,
    text: () => "",
    json: () => null,
    bytes: () => new Uint8Array(),
    headers: { get: () => null },
    serviceMs: 0,
    responseMs: 0,
    ...more,
  } as Reply;
}

const write = { object: "orders", kind: "add", id: "1", input: null };

test("every status and failure has the outcome that the table lists", () => {
  const rows: [string, Reply, string][] = [
    ["2xx", reply(201), "ok"],
    ["3xx that was not followed", reply(302), "unknown"],
    ["an undeclared 4xx", reply(409), "unknown"],
    ["a declared 4xx", reply(409, { notApplied: true }), "refused"],
    ["5xx", reply(503), "unknown"],
    ["refused before sending", reply(0, { error: { code: "refused", message: "", sent: false } }), "refused"],
    ["TLS failure before sending", reply(0, { error: { code: "tls", message: "", sent: false } }), "refused"],
    ["a timeout while connecting", reply(0, { error: { code: "timeout", message: "", sent: false } }), "refused"],
    ["a timeout after sending", reply(0, { error: { code: "timeout", message: "", sent: true } }), "unknown"],
    ["a reset after sending", reply(0, { error: { code: "reset", message: "", sent: true } }), "unknown"],
    ["a truncated 2xx", reply(0, { error: { code: "closed", message: "", sent: true } }), "unknown"],
    ["a 200 that the script does not expect", reply(200, { ok: false }), "unknown"],
    ["a 404 that the script expects", reply(404, { ok: true, expected: true }), "ok"],
  ];
  for (const [name, given, type] of rows) assert.equal(outcomeOf(given, write).type, type, name);
});

test("the script's own outcome is accepted for complete answers only", () => {
  const own = { ...write, outcome: () => ({ type: "refused" as const, code: "sold-out" }) };
  assert.equal(outcomeOf(reply(200), own).type, "refused");
  assert.equal(outcomeOf(reply(0, { error: { code: "reset", message: "", sent: true } }), own).type, "unknown");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { socketError } from "./failure.ts";

test("what this machine ran out of is told with its remedy", () => {
  const stage = { connected: false, secure: true, sent: false };
  for (const [code, remedy] of [
    ["EMFILE", /ulimit -n.* \(EMFILE\)/],
    ["EADDRNOTAVAIL", /net\.ipv4\.ip_local_port_range.* \(EADDRNOTAVAIL\)/],
  ] as const) {
    const error = socketError(Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code }), stage);
    assert.equal(error.code, "local");
    assert.match(error.message, remedy);
  }
});

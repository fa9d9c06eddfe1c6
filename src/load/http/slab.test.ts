import assert from "node:assert/strict";
import { test } from "node:test";
import { place, reserve } from "./slab.ts";

test("no two replies share a byte, whatever their sizes", () => {
  const given: { bytes: Buffer; at: number; size: number; mark: number }[] = [];
  for (const [mark, size] of [1, 4_096, 0, 4_097, 3_000, 3_000, 3_000, 70_000, 8_192, 7].entries()) {
    const at = reserve(size);
    place.fill(mark, at, at + size);
    given.push({ bytes: place, at, size, mark });
  }
  for (const { bytes, at, size, mark } of given)
    assert.ok(bytes.subarray(at, at + size).every((byte) => byte === mark) && at + size <= bytes.length, `${size}`);
});

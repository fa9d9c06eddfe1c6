import assert from "node:assert/strict";
import { test } from "node:test";
import { externalConfig } from "./config.ts";

const given = (more: Record<string, unknown>) =>
  externalConfig.safeParse({ kind: "external", endpoint: "http://127.0.0.1:1", ...more });
const complaint = (more: Record<string, unknown>) =>
  given(more)
    .error?.issues.map(({ message }) => message)
    .join("; ");
const member = (more: Record<string, unknown>) => ({ members: [{ name: "a", role: "a", ...more }] });

test("addresses of an unsupported kind are refused", () => {
  for (const endpoint of ["localhost:3000", "ftp://localhost", "//shop", "127.0.0.1:80"])
    assert.match(complaint({ endpoint }) ?? "", /begins with http/, endpoint);
  assert.match(complaint(member({ health: "tcp://shop:1" })) ?? "", /begins with http/);
  for (const endpoint of ["https://shop.example/base", "HTTP://[::1]:80"])
    assert.equal(complaint({ endpoint }), undefined);
});

test("for a malformed address the message explains how a password is written, and never shows it", () => {
  for (const url of ["redis://app:pa/ss@127.0.0.1:6379", "postgres://app:pa#ss@db/x", "postgres://app@db:5432x/d"]) {
    const said = complaint(member({ url })) ?? "";
    assert.match(said, /%2F/, url);
    assert.doesNotMatch(said, /ss@/);
  }
  assert.match(complaint({ endpoint: "http://localhost:99999/" }) ?? "", /can be read/);
  for (const url of [
    "redis://:p%2Fs@h:1/3",
    "rediss://h",
    "postgresql:///d?host=/run/postgresql",
    "postgres://a:b@[::1]/d",
  ])
    assert.equal(complaint(member({ url })), undefined, url);
});

test("two members of one name are refused, because faults and reports could not distinguish them", () => {
  const twice = [1, 2].map(() => ({ name: "a", role: "a" }));
  assert.match(complaint({ members: twice }) ?? "", /members whose names differ/);
});

// The same users for k6. SCENARIO is flat or script.

import { check } from "k6";
import http from "k6/http";

export const options = { vus: Number(__ENV.N), duration: `${__ENV.DUR}s`, noCookiesReset: true };
const base = __ENV.BASE;
const json = { headers: { "Content-Type": "application/json" } };

export default function () {
  if (__ENV.SCENARIO === "flat") {
    check(http.get(`${base}/json`), { "status 200": (r) => r.status === 200 });
    return;
  }
  const login = http.post(`${base}/login`, JSON.stringify({ user: `u${__VU}`, pass: "secret" }), json);
  check(login, { login: (r) => r.status === 200 && r.json("token") !== undefined });
  const items = [];
  let total = 0;
  for (let count = 0; count < 3; count++) {
    const wanted = 1 + Math.floor(Math.random() * 1000);
    const reply = http.get(`${base}/items/${wanted}`, { tags: { name: "/items/:id" } });
    const item = JSON.parse(reply.body);
    check(reply, { item: (r) => r.status === 200 && item.id === wanted });
    items.push(wanted);
    total += item.price;
  }
  const order = http.post(`${base}/orders`, JSON.stringify({ items, total }), json);
  check(order, { order: (r) => r.status === 200 && JSON.parse(r.body).total === total });
}

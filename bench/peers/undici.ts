/** The scripted user on undici, with one Client for each user: the starting point of an engine built on the best Node client. */
import { Client } from "undici";
import { Histogram } from "../../src/std/histogram.ts";

const { BASE = "", N = "64", DUR = "5" } = process.env;
const histograms = new Map<string, Histogram>();
let failures = 0;
let stopped = false;

class Session {
  readonly #client = new Client(BASE);
  readonly #cookies = new Map<string, string>();
  #cookie = "";

  async call(name: string, method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    const startedMs = performance.now();
    const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    if (this.#cookie !== "") headers["cookie"] = this.#cookie;
    const answer = await this.#client.request({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    this.#take(answer.headers["set-cookie"]);
    record(name, performance.now() - startedMs, answer.statusCode === 200);
    return JSON.parse(text);
  }

  #take(given: string | string[] | undefined): void {
    if (given === undefined) return;
    for (const line of [given].flat()) {
      const [pair = ""] = line.split(";", 1);
      this.#cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    this.#cookie = [...this.#cookies].map(([key, value]) => `${key}=${value}`).join("; ");
  }
}

function record(name: string, durationMs: number, ok: boolean): void {
  let histogram = histograms.get(name);
  if (histogram === undefined) {
    histogram = new Histogram();
    histograms.set(name, histogram);
  }
  histogram.record(durationMs);
  if (!ok) failures++;
}

async function user(index: number): Promise<void> {
  const session = new Session();
  while (!stopped) {
    await session.call("/login", "POST", "/login", { user: `u${index}`, pass: "secret" });
    const items: number[] = [];
    let total = 0;
    for (let count = 0; count < 3; count++) {
      const wanted = 1 + Math.floor(Math.random() * 1000);
      const item = (await session.call("/items/:id", "GET", `/items/${wanted}`)) as { id: number; price: number };
      if (item.id !== wanted) failures++;
      items.push(wanted);
      total += item.price;
    }
    const order = (await session.call("/orders", "POST", "/orders", { items, total })) as { total: number };
    if (order.total !== total) failures++;
  }
}

setTimeout(() => {
  stopped = true;
  setTimeout(() => process.exit(failures === 0 ? 0 : 1), 300);
}, Number(DUR) * 1000);
for (let index = 0; index < Number(N); index++) void user(index);

// The app of a newcomer for the tests of `gameday new`, `try` and `run`: a shop that keeps its orders in PostgreSQL. It is bundled with
// its driver, because an app in the lab sees its own folder only. "migrate" makes its table; "dies" prints much and ends.
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  connectionTimeoutMillis: 2_000,
  query_timeout: 3_000,
});
pool.on("error", (error) => console.error(error.message));

const [task = "serve"] = process.argv.slice(2);
if (task === "migrate") {
  await pool.query("create table orders (id text primary key, article int not null)");
  await pool.end();
} else if (task === "dies") {
  for (let line = 1; line <= 60; line++) console.log(`line ${line} of the app that dies`);
  process.exit(1);
} else {
  createServer(serve).listen(Number(process.env.PORT), process.env.HOST);
  process.on("SIGTERM", () => process.exit(0));
}

async function serve(request, response) {
  const answer = (status, body) =>
    response
      .writeHead(status, { "content-type": "text/html" })
      .end(typeof body === "string" ? body : JSON.stringify(body));
  if (request.url === "/") return answer(200, '<a href="/articles">What we have</a>');
  if (request.url === "/health" || request.url === "/articles") return answer(200, []);
  if (request.url !== "/orders" || request.method !== "POST") return answer(404, {});
  try {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id, article } = JSON.parse(body);
    await pool.query("insert into orders values ($1, $2) on conflict do nothing", [id, article]);
    return answer(201, { id });
  } catch (error) {
    return answer(503, { error: error.message });
  }
}

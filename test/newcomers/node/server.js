import express from "express";
import { pool } from "./database.js";

const app = express();
app.use(express.json());

app.get("/", (_request, response) => response.send('<h1>Corner shop</h1><a href="/articles">What we have</a>'));
app.get("/health", (_request, response) => response.json({ ok: true }));
app.get("/articles", async (_request, response) => {
  const { rows } = await pool.query("select id, name from articles order by id");
  response.json(rows);
});
app.post("/orders", async (request, response) => {
  const { id, article } = request.body;
  await pool.query("insert into orders (id, article) values ($1, $2) on conflict (id) do nothing", [id, article]);
  response.status(201).json({ id });
});
app.use((error, _request, response, _next) => {
  console.error(error.message);
  response.status(503).json({ error: error.message });
});

const server = app.listen(process.env.PORT ?? 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

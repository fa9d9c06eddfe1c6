import { pool } from "./database.js";

await pool.query("create table articles (id int primary key, name text not null)");
await pool.query("insert into articles select n, 'article ' || n from generate_series(1, 20) n");
await pool.query("create table orders (id text primary key, article int not null references articles)");
await pool.end();

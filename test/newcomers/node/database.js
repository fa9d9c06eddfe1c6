import pg from "pg";

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  connectionTimeoutMillis: 2_000,
  statement_timeout: 2_000,
  query_timeout: 3_000,
  keepAlive: true,
});
pool.on("error", (error) => console.error(`a pooled connection ended: ${error.message}`));

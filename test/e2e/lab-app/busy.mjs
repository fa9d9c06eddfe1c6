// An app that works as hard as it is told: `/?burn=20` keeps a CPU busy for 20 ms. It drains on request.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const burnMs = Number(new URL(request.url, "http://x").searchParams.get("burn") ?? 0);
  const end = performance.now() + burnMs;
  while (performance.now() < end);
  response.end(process.env.REPLICA);
});
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close(() => process.exit(0)));

// The smallest app for the lab's own tests: no packages and no database. It returns which replica answered.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ replica: process.env.REPLICA, uid: process.getuid(), url: request.url }));
});
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close(() => process.exit(0)));

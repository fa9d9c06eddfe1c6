// An app as people write it first: it answers, but only to its own machine. Says in its log which boot it was of.
import { createServer } from "node:http";

console.log(`this is boot ${process.env.BOOT}`);
createServer((_request, response) => response.end("well")).listen(Number(process.env.PORT), "127.0.0.1");

// An app as people often write it first: it answers, but only to its own machine. It logs the boot that it belongs to.
import { createServer } from "node:http";

console.log(`this is boot ${process.env.BOOT}`);
createServer((_request, response) => response.end("well")).listen(Number(process.env.PORT), "127.0.0.1");

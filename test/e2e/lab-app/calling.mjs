// The smallest app, and like a real one it keeps talking to its database: it opens a connection to PostgreSQL on each node ten times a
// second. A fault of single packets can only be seen to bite while packets flow, and an idle standby sends one in some seconds.
import { connect } from "node:net";
import "./app.mjs";

const EVERY_MS = 100;
setInterval(() => {
  for (const host of ["10.88.0.1", "10.88.0.2", "10.88.0.3"]) {
    const socket = connect({ host, port: 5432, timeout: 1_000 }, () => socket.destroy());
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => undefined); // it is a fault's business to cut connections off
  }
}, EVERY_MS);

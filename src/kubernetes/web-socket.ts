/**
 * WebSockets to the API server, for exec and port-forward. The library's own connection has no way to report what the server answered
 * instead of opening one, so this one takes its place: it returns the answer in words, and logs in again after a 401.
 */
import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { Exec, KubeConfig } from "@kubernetes/client-node";
import { WebSocket } from "ws";
import { messageOf } from "../std/errors.ts";
import type { ClusterLogin } from "./cluster-login.ts";
import { messageIn } from "./refused.ts";

/** The subprotocols of Kubernetes, the newest first; v5 can close the input of a command. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/** The channel on which v5 says that another channel is closed. */
const CLOSE_CHANNEL = 255;
const ANSWER_CHARACTERS_MAX = 4_096;

type LibraryConnections = NonNullable<ConstructorParameters<typeof Exec>[1]>;
/** Receives a message of one channel, and returns whether the connection stays open. */
type OnMessage = (channel: number, content: Buffer) => boolean;

/** Returns connections in the form that the library's exec and port-forward take. */
export function webSockets(login: ClusterLogin): LibraryConnections {
  const connect = async (path: string, _onText: unknown, onMessage: OnMessage | null) => {
    const { config } = login;
    try {
      return await open(config, path, onMessage);
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.status !== 401 || !(await login.renew(config))) throw thrown;
      return await open(login.config, path, onMessage);
    }
  };
  return { connect } as unknown as LibraryConnections; // its type names the class of another copy of the same declarations
}

/** The server's answer to a request for a WebSocket that it does not open. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status}: ${messageIn(text)}`);
    this.status = status;
  }
}

async function open(config: KubeConfig, path: string, onMessage: OnMessage | null): Promise<WebSocket> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const server = (config.getCurrentCluster()?.server ?? "").replace(/^http/, "ws").replace(/\/$/, "");
  const socket = new WebSocket(server + path, PROTOCOLS, options as object);
  socket.on("message", (data) => {
    const message = data as Buffer; // ws gives a Buffer unless another binaryType was set
    const channel = message[0];
    if (channel === undefined || channel === CLOSE_CHANNEL || onMessage === null) return;
    if (!onMessage(channel, message.subarray(1))) socket.close();
  });
  return await new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.on("error", (error) => reject(new Error(messageOf(error) || "no connection", { cause: error })));
    socket.once("unexpected-response", (request, response: IncomingMessage) => {
      void refusalIn(response).then((refusal) => {
        reject(refusal);
        request.destroy();
      });
    });
  });
}

async function refusalIn(response: IncomingMessage): Promise<Refusal> {
  let text = "";
  try {
    for await (const part of response) {
      text += String(part);
      if (text.length > ANSWER_CHARACTERS_MAX) break;
    }
  } catch {
    // the connection broke in the middle: the status says enough
  }
  return new Refusal(response.statusCode ?? 0, text);
}

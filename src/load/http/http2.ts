/** The HTTP/2 client of a user. Its code is loaded with the first call, because most loads never make one. */
import type { Cookies, Http, Reply, RequestOptions } from "../../scenario.ts";
import type { Http2Client } from "./http2/client.ts";
import type { Session } from "./session.ts";

export class LazyHttp2 implements Http {
  /** The session whose settings, owner and cookies this client shares. */
  readonly #session: Session;
  #client: Promise<Http2Client> | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  get(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("GET", path, options);
  }

  post(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("POST", path, options);
  }

  put(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("PUT", path, options);
  }

  patch(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("PATCH", path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("DELETE", path, options);
  }

  get cookies(): Cookies {
    return this.#session.cookies;
  }

  header(name: string, value: string | null): void {
    this.#session.header(name, value);
  }

  async request(method: string, path: string, options?: RequestOptions): Promise<Reply> {
    this.#client ??= this.#load();
    const client = await this.#client;
    return client.request(method, path, options);
  }

  close(): void {
    void this.#client?.then((client) => client.close());
  }

  async #load(): Promise<Http2Client> {
    const { Http2Client } = await import("./http2/client.ts");
    const client = new Http2Client(this.#session);
    if (this.#session.closed) client.close();
    return client;
  }
}

/** A user's HTTP/2 client. It shares cookies, redirects, repeated logins and counting with the user's HTTP/1.1 session. */
import type { Carrier } from "../connection.ts";
import type { Origin } from "../origin.ts";
import { Session, type SessionSettings } from "../session.ts";
import { Http2Link } from "./link.ts";

export class Http2Client extends Session {
  readonly #links = new Map<string, Http2Link>();

  readonly #shared: Session;

  /** Creates a client with the settings, owner, cookies and headers of the session `shared`. */
  constructor(shared: Session) {
    super(shared.settings, shared.owner, shared);
    this.#shared = shared;
  }

  override get fixedHeaders(): SessionSettings["headers"] {
    return this.#shared.fixedHeaders;
  }

  /** Returns the one connection to the origin. It carries many streams, so no call waits for another. */
  override connectionFor(origin: Origin): Carrier {
    let link = this.#links.get(origin.text);
    if (link === undefined) {
      link = new Http2Link(origin, this.settings.network);
      this.#links.set(origin.text, link);
    }
    return link;
  }

  override released(): void {
    // A stream ends with its exchange.
  }

  override disconnect(): void {
    super.disconnect();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}

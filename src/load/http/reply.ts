import type { Reply, TransportError } from "../../scenario.ts";
import { GamedayError } from "../../std/errors.ts";
import { jsonTextOf, textOf } from "./charset.ts";
import { unfolded } from "./head.ts";

const EMPTY = Buffer.alloc(0);

/** What the engine knows of a reply beyond what a script may see. The outcome of a recorded operation depends on it. */
export interface Judged {
  /** The script named this status as success. */
  readonly expected: boolean;
  /** The script named this status as "certainly not applied". */
  readonly notApplied: boolean;
}

/** An answer, or the reason for its absence. It owns its bytes; text, headers and JSON are created only on request. */
export class HttpReply implements Reply, Judged {
  readonly status: number;
  readonly ok: boolean;
  readonly error: TransportError | null;
  readonly expected: boolean;
  readonly notApplied: boolean;
  serviceMs = 0;
  responseMs = 0;
  /** The reason why the body is not available although there was one; "" when it is available. */
  notKept = "";
  /** The head, directly followed by the body; the bytes before and after them may belong to other replies. */
  #bytes: Buffer = EMPTY;
  #headFrom = 0;
  #bodyFrom = 0;
  #bodyTo = 0;
  #headers: ReplyHeaders | null = null;

  constructor(status: number, judged: Judged | null, error: TransportError | null) {
    this.status = status;
    this.ok = judged?.expected ?? (status >= 200 && status < 400);
    this.error = error;
    this.expected = judged?.expected ?? false;
    this.notApplied = judged?.notApplied ?? false;
  }

  static failure(error: TransportError): HttpReply {
    return new HttpReply(0, null, error);
  }

  /** Gives the reply its bytes: the head from `headFrom`, and the body from `bodyFrom` to `bodyTo`. */
  own(bytes: Buffer, headFrom: number, bodyFrom: number, bodyTo: number): void {
    this.#bytes = bytes;
    this.#headFrom = headFrom;
    this.#bodyFrom = bodyFrom;
    this.#bodyTo = bodyTo;
  }

  get headers(): ReplyHeaders {
    this.#headers ??= new ReplyHeaders(this.#bytes.toString("latin1", this.#headFrom, this.#bodyFrom));
    return this.#headers;
  }

  text(): string {
    this.#demandBody();
    return textOf(this.#bytes, this.#headFrom, this.#bodyFrom, this.#bodyTo);
  }

  json<T = unknown>(): T {
    this.#demandBody();
    const text = jsonTextOf(this.#bytes, this.#headFrom, this.#bodyFrom, this.#bodyTo);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new ScenarioError({
        code: "reply-not-json",
        expected: "a JSON body",
        got:
          this.error === null
            ? `status ${this.status} with ${JSON.stringify(text.slice(0, 120))}`
            : `no answer (${this.error.code})`,
        hint: "look at reply.ok or reply.status before reply.json()",
        cause,
      });
    }
  }

  bytes(): Uint8Array {
    this.#demandBody();
    return this.#bytes.subarray(this.#bodyFrom, this.#bodyTo);
  }

  #demandBody(): void {
    if (this.notKept === "") return;
    throw new ScenarioError({
      code: "body-not-kept",
      expected: "a body that was kept",
      got: this.notKept,
      hint: "without discardBody a body is kept up to --keep-body (16MiB); its bytes are counted either way",
    });
  }
}

/** An error that belongs to the user's script. */
export class ScenarioError extends GamedayError {}

export class ReplyHeaders {
  readonly #text: string;

  constructor(text: string) {
    this.#text = unfolded(text);
  }

  /** Returns the value of a header, with several of the same name joined by ", "; null when there is none. */
  get(name: string): string | null {
    const values = this.all(name);
    return values.length === 0 ? null : values.join(", ");
  }

  /** Returns the value of each header line of that name. */
  all(name: string): string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (const line of this.#text.split(/\r?\n/).slice(1)) {
      const colon = line.indexOf(":");
      if (colon === wanted.length && line.slice(0, colon).toLowerCase() === wanted)
        values.push(line.slice(colon + 1).trim());
    }
    return values;
  }
}

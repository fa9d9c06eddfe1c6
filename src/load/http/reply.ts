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
  /** The head, followed by the body. */
  readonly #bytes: Buffer;
  readonly #headLength: number;
  #headers: ReplyHeaders | null = null;

  constructor(
    status: number,
    ok: boolean,
    judged: Judged | null,
    error: TransportError | null,
    bytes: Buffer,
    headLength: number,
  ) {
    this.status = status;
    this.ok = ok;
    this.error = error;
    this.expected = judged?.expected ?? false;
    this.notApplied = judged?.notApplied ?? false;
    this.#bytes = bytes;
    this.#headLength = headLength;
  }

  static failure(error: TransportError): HttpReply {
    return new HttpReply(0, false, null, error, EMPTY, 0);
  }

  get headers(): ReplyHeaders {
    this.#headers ??= new ReplyHeaders(this.#bytes.toString("latin1", 0, this.#headLength));
    return this.#headers;
  }

  text(): string {
    this.#demandBody();
    return textOf(this.#bytes, this.#headLength);
  }

  json<T = unknown>(): T {
    this.#demandBody();
    const text = jsonTextOf(this.#bytes, this.#headLength);
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
    return this.#bytes.subarray(this.#headLength);
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

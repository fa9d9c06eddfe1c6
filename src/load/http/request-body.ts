/** Builds the body of a request from what a script gives: JSON, form fields, text or bytes. */
import type { FormValue, RequestOptions } from "../../scenario.ts";
import { GamedayError } from "../../std/errors.ts";

export interface RequestBody {
  /** The Content-Type of the body; "" when it has none. */
  readonly type: string;
  readonly body: string | Uint8Array;
}

export function badRequest(
  code: string,
  expected: string,
  got: string,
  hint = "the request was not sent",
): GamedayError {
  return new GamedayError({ code, expected, got, hint });
}

export function hasBody(options: RequestOptions | undefined): boolean {
  if (options === undefined) return false;
  return options.json !== undefined || options.body !== undefined || options.form !== undefined;
}

/** Returns the body. A text is written in the charset of `ownType`, the script's own Content-Type. Throws GamedayError. */
export function bodyOf(options: RequestOptions, ownType: string | null | undefined): RequestBody {
  const { json, form, body } = options;
  const given = Number(json !== undefined) + Number(form !== undefined) + Number(body !== undefined);
  if (given > 1) throw badRequest("request-bodies", "at most one of json, form and body", `${given} of them`);
  if (json !== undefined) return { type: "application/json", body: jsonOf(json) };
  if (form !== undefined) return { type: FORM_TYPE, body: fieldsOf(form) };
  if (body instanceof URLSearchParams) return { type: FORM_TYPE, body: body.toString() };
  const bytes = bytesOrText(body ?? "");
  return { type: "", body: typeof bytes === "string" ? inCharset(bytes, ownType ?? "") : bytes };
}

const FORM_TYPE = "application/x-www-form-urlencoded";

/** Returns a value as JSON. JSON.stringify returns undefined for what JSON cannot represent, such as a function or a symbol. */
function jsonOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw badRequest("request-body", "a value that JSON can say", typeof value);
  return text;
}

/** Encodes form fields. A list becomes a repeated field, as browsers send check boxes. */
function fieldsOf(form: NonNullable<RequestOptions["form"]>): string {
  if (form instanceof URLSearchParams) return form.toString();
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    if (Array.isArray(value)) for (const one of value) fields.append(name, fieldOf(name, one));
    else if (value !== undefined) fields.append(name, fieldOf(name, value as FormValue));
  }
  return fields.toString();
}

/** Returns a field as text. Throws for values without one, which would silently be sent as "null" or "[object Object]". */
function fieldOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint" || Number.isFinite(value)) return String(value);
  const got = `${JSON.stringify(name)} with ${value instanceof Blob ? "a file" : kindOf(value)}`;
  const hint = value instanceof Blob ? "files go in a FormData: form: data" : "the request was not sent";
  throw badRequest("form-field", "form fields that are text, numbers, booleans, or lists of them", got, hint);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list in a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** Checks the type at run time: anything else would throw where bytes are written, where the error would reach no script. */
function bytesOrText(body: unknown): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const expected = "a body that is text, bytes, URLSearchParams, FormData or a Blob (objects: json or form)";
  throw badRequest("request-body", expected, typeof body);
}

/** Encodes a text as UTF-8, or in the charset of the script's own Content-Type, by which the server will read it. */
function inCharset(text: string, type: string): string | Uint8Array {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1]?.toLowerCase() ?? "utf-8";
  if (charset === "utf-8" || charset === "utf8") return text;
  if (charset === "utf-16le") return Buffer.from(text, "utf16le");
  if (charset === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const ascii = charset === "us-ascii";
  if (!ascii && charset !== "iso-8859-1" && charset !== "latin1") {
    const expected = "a text in UTF-8, UTF-16LE, UTF-16BE, ISO-8859-1 or US-ASCII";
    throw badRequest("request-charset", expected, charset, "give bytes");
  }
  if ((ascii ? /[\x80-\uffff]/ : /[\u0100-\uffff]/).test(text))
    throw badRequest("request-charset", `a text that ${charset} can say`, JSON.stringify(text.slice(0, 80)));
  return Buffer.from(text, "latin1");
}

/** Returns true when the body must be read asynchronously: the bytes of a Blob, or the parts of a FormData. */
export function mustBeRead(options: RequestOptions | undefined): boolean {
  return options !== undefined && options !== null && (isWhole(options.body) || isWhole(options.form));
}

/** Recognizes a Blob or FormData by its tag. Naming the class FormData would load it: 30 ms in a script's first call. */
export function isWhole(given: unknown): given is Blob | FormData {
  if (typeof given !== "object" || given === null) return false;
  return /^(FormData|Blob|File)$/.test(String((given as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]));
}

/** Returns the options with the body as bytes, laid out as browsers do (multipart/form-data as HTML defines it). */
export async function readBody(options: RequestOptions): Promise<RequestOptions> {
  const { form, body, headers, ...rest } = options;
  if (form !== undefined && body !== undefined)
    throw badRequest("request-bodies", "at most one of json, form and body", "2 of them");
  const given: unknown = form ?? body;
  const isForm = given instanceof FormData;
  if (!isForm && !(given instanceof Blob))
    throw badRequest(
      "request-body",
      "Node's own FormData or Blob",
      "one of a library",
      "new FormData() needs no import",
    );
  if (form !== undefined && !isForm)
    throw badRequest("form-field", "a FormData", "a file alone", "body: file sends it as it is");
  const whole = new Response(given);
  const bytes = new Uint8Array(await whole.arrayBuffer());
  return { ...rest, body: bytes, headers: withType(headers ?? {}, whole.headers.get("content-type"), isForm) };
}

/** Adds a Content-Type. A FormData's (`always`) replaces others, because only it has the boundary; a Blob's is a default. */
function withType(own: NonNullable<RequestOptions["headers"]>, type: string | null, always: boolean) {
  const others = Object.entries(own).filter(([name]) => !always || name.toLowerCase() !== "content-type");
  const named = others.some(([name, value]) => name.toLowerCase() === "content-type" && value !== undefined);
  return Object.fromEntries(type === null || named ? others : [...others, ["Content-Type", type]]);
}

/** Sets the Content-Type of a form, because one that is fixed for all calls, such as that of JSON, would be wrong for it. */
export function asForm(options: RequestOptions): RequestOptions {
  return { ...options, headers: withType(options.headers ?? {}, FORM_TYPE, false) };
}

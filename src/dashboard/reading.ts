/** Reads a request: its body within bounds, and everything in it by the operation's schemas. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { ApiOperation } from "../api/operation.ts";
import { messageOf } from "../std/errors.ts";
import type { ApiRefusal } from "./guard.ts";
import { ProblemError } from "./problems.ts";
import type { ApiRoute } from "./routes.ts";

export const BODY_BYTES_MAX = 64 * 1024;
const QUERY_LETTERS_MAX = 4_096;

/** What was given, checked by the schemas of the operation. */
export interface ParsedRequest {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** The body as it was sent. */
  readonly bodyText: string;
}

export async function readRequest(request: IncomingMessage, route: ApiRoute, query: string): Promise<ParsedRequest> {
  const { operation } = route;
  demandBodyForm(request, operation);
  const bodyText = await bodyOf(request);
  return {
    parameters: checked(operation.parameters, route.parameters, "path"),
    query: checked(operation.query ?? z.strictObject({}), queryOf(query), "query"),
    body: checked(operation.body ?? z.strictObject({}), jsonOf(bodyText, operation), "body"),
    bodyText,
  };
}

/** Demands a length, which Node then enforces, so that nothing is read to find out how much there is. */
function demandBodyForm(request: IncomingMessage, operation: ApiOperation): void {
  const { "transfer-encoding": encoding, "content-length": length, "content-type": type } = request.headers;
  if (encoding !== undefined) throw new ProblemError(LENGTH_REQUIRED);
  const bytes = Number(length ?? 0);
  if (bytes > BODY_BYTES_MAX) throw new ProblemError(TOO_LARGE);
  if (bytes > 0 && operation.method === "GET") throw badRequest("no body in a GET", `${bytes} bytes`);
  const isJson = type !== undefined && /^application\/json\s*(;|$)/i.test(type);
  if (bytes > 0 || type !== undefined ? !isJson && operation.method !== "GET" : false) throw new ProblemError(NOT_JSON);
  if (bytes === 0 && operation.body !== undefined && operation.isBodyOptional !== true && length === undefined)
    throw new ProblemError(LENGTH_REQUIRED);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new ProblemError(TOO_LARGE);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string, operation: ApiOperation): unknown {
  if (text === "" && (operation.body === undefined || operation.isBodyOptional === true)) return {};
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw badRequest("a body that is JSON", messageOf(thrown).slice(0, 200));
  }
}

function queryOf(text: string): Record<string, string> {
  if (text.length > QUERY_LETTERS_MAX)
    throw badRequest(`a query of at most ${QUERY_LETTERS_MAX} letters`, "a longer one");
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(query, name)) throw badRequest(`${JSON.stringify(name)} once in the query`, "it more than once");
    query[name] = value;
  }
  return query;
}

function checked(schema: z.ZodType | undefined, value: unknown, where: string): Record<string, unknown> {
  const result = (schema ?? z.strictObject({})).safeParse(value);
  if (result.success) return result.data as Record<string, unknown>;
  const [issue] = result.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".").slice(0, 100)}`;
  throw badRequest(
    `the ${where} as the API's document describes it`,
    `${issue?.message.slice(0, 300) ?? "another"}${at}`,
  );
}

/** Returns the error for a request that does not follow the document. */
export function badRequest(expected: string, got: string): ProblemError {
  return new ProblemError({ status: 400, code: "bad-request", expected, got, hint: "see /api/v1/openapi.json" });
}

const LENGTH_REQUIRED: ApiRefusal = {
  status: 411,
  code: "length-required",
  expected: "a body with a Content-Length",
  got: "none",
};
const TOO_LARGE: ApiRefusal = {
  status: 413,
  code: "body-too-large",
  expected: `a body of at most ${BODY_BYTES_MAX} bytes`,
  got: "a larger one",
};
const NOT_JSON: ApiRefusal = {
  status: 415,
  code: "not-json",
  expected: "Content-Type: application/json",
  got: "another one",
};

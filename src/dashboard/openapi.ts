/** The OpenAPI 3.1 document of the API, generated from the table of operations and its schemas. Pure. */
import { z } from "zod";
import {
  failureRowSchema,
  laneSchema,
  liveExperimentSchema,
  liveObjectiveSchema,
  liveStateSchema,
  logEntrySchema,
  requestRowSchema,
  workerRowSchema,
} from "../api/live.ts";
import type { ApiOperation } from "../api/operation.ts";
import { API_PREFIX, OPERATIONS, PROBLEMS_OF_ALL } from "../api/operations.ts";
import { problemSchema } from "../api/problem.ts";
import { loadNowSchema, permissionsSchema, runResourceSchema, runSummarySchema } from "../api/run.ts";
import type { Json } from "../std/json.ts";
import { verdictSchema } from "../verdict/schema.ts";

type JsonObject = { [key: string]: Json };

/** The schemas that the document names, instead of repeating them. */
const NAMED = z.registry<{ id: string }>();
const NAMES: readonly (readonly [string, z.ZodType])[] = [
  ["Problem", problemSchema],
  ["RunSummary", runSummarySchema],
  ["Run", runResourceSchema],
  ["Permissions", permissionsSchema],
  ["Load", loadNowSchema],
  ["State", liveStateSchema],
  ["Lane", laneSchema],
  ["Experiment", liveExperimentSchema],
  ["Objective", liveObjectiveSchema],
  ["Request", requestRowSchema],
  ["Failure", failureRowSchema],
  ["Worker", workerRowSchema],
  ["Event", logEntrySchema],
  ["Verdict", verdictSchema],
];
for (const [id, schema] of NAMES) NAMED.add(schema, { id });

const TITLES: Readonly<Record<number, string>> = {
  304: "Not changed since the given ETag.",
  400: "The request does not follow this document.",
  401: "The right is missing.",
  403: "Not allowed: another page or origin, a read-only server, or code that is not allowed.",
  404: "It does not exist.",
  405: "The path has no such method.",
  409: "It is not possible now; the detail says why.",
  411: "The body has no Content-Length.",
  412: "Somebody changed it in the meantime: read it again.",
  413: "The body is too large.",
  415: "The body is not application/json.",
  416: "The range is not within the file.",
  421: "The Host header does not name this server.",
  422: "The request was understood, but its values are wrong; the detail says which.",
  423: "The kill switch is on.",
  428: "If-Match is missing.",
  429: "Too many calls; Retry-After says when the next one is possible.",
  500: "An error in the server itself.",
  503: "The server is at its limit: it has 200 watchers, or enough runs wait to be judged; Retry-After says when to try again.",
  507: "The state folder cannot be written to, for example because the disk is full.",
};

export function openApiDocument(version: string): JsonObject {
  const components: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const operation of OPERATIONS) {
    const path = `${API_PREFIX}${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation, components) };
  }
  const problem = schemaOf(problemSchema, "output", components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Gameday",
      version,
      description:
        "Watches runs and controls them. Times are milliseconds since the run began unless a name says otherwise.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Controls and reads." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "gameday_8089",
          description: "Reads only; its name holds the server's port.",
        },
      },
      responses: Object.fromEntries(
        Object.entries(TITLES)
          .filter(([status]) => Number(status) >= 400)
          .map(([status, description]) => [
            `Problem${status}`,
            { description, content: { "application/problem+json": { schema: problem } } },
          ]),
      ),
    },
  };
}

function operationObject(operation: ApiOperation, components: JsonObject): JsonObject {
  const { id, tag, says, access, body, success } = operation;
  // A key that was used for another call is refused.
  const ofKey = hasKey(operation) ? [422] : [];
  const statuses = new Set([...PROBLEMS_OF_ALL, ...operation.problems, ...ofKey]);
  const problems = [...statuses]
    .sort((a, b) => a - b)
    .map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]);
  return {
    operationId: id,
    tags: [tag],
    summary: says,
    security: securityOf(access),
    parameters: parametersOf(operation, components),
    ...(body !== undefined && {
      requestBody: {
        required: operation.isBodyOptional !== true,
        content: { "application/json": { schema: schemaOf(body, "input", components) } },
      },
    }),
    responses: {
      [success.status]: answerOf(operation, components),
      ...(operation.hasEtag === true && { 304: { description: TITLES[304] ?? "" } }),
      ...(success.media === "*/*" && { 206: { description: "The requested range.", content: { "*/*": {} } } }),
      ...Object.fromEntries(problems),
      431: { description: "The headers, or the path with its query, are too long. This answer has no body." },
    },
  };
}

function answerOf({ success, hasEtag }: ApiOperation, components: JsonObject): JsonObject {
  const { schema, media } = success;
  const content: JsonObject =
    schema === undefined
      ? { [media ?? "*/*"]: {} }
      : { "application/json": { schema: schemaOf(schema, "output", components) } };
  return {
    description: success.status === 202 ? "Accepted; the stream shows when it is done." : "Done.",
    ...(hasEtag === true && { headers: { ETag: { schema: { type: "string" } } } }),
    content,
  };
}

/** Returns whether a call may carry an Idempotency-Key. */
function hasKey({ method, access }: ApiOperation): boolean {
  return method === "POST" && access === "control";
}

function securityOf(access: ApiOperation["access"]): Json[] {
  if (access === "open" || access === "session") return [];
  return access === "control" ? [{ token: [] }] : [{}, { session: [] }, { token: [] }];
}

function parametersOf(operation: ApiOperation, components: JsonObject): Json[] {
  const from = (schema: z.ZodObject | undefined, where: "path" | "query"): Json[] =>
    Object.entries((schema?.shape ?? {}) as Record<string, z.ZodType>).map(([name, field]) => ({
      name,
      in: where,
      required: where === "path" || !field.safeParse(undefined).success,
      schema: schemaOf(field, "input", components),
    }));
  const header = (name: string, description: string, required = false): Json => ({
    name,
    in: "header",
    required,
    description,
    schema: { type: "string" },
  });
  return [
    ...from(operation.parameters, "path"),
    ...from(operation.query, "query"),
    ...(operation.needsIfMatch === true ? [header("If-Match", "The version that the caller has seen.", true)] : []),
    ...(hasKey(operation)
      ? [
          {
            name: "Idempotency-Key",
            in: "header",
            required: false,
            description: "The same key gets the same answer for 24 hours.",
            schema: { type: "string", pattern: "^[!-~]{1,200}$" },
          },
        ]
      : []),
    ...(operation.id === "streamEvents"
      ? [header("Last-Event-ID", "The id of the last frame that was received.")]
      : []),
  ];
}

/** Returns the JSON Schema of a schema; named schemas within it become components. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: JsonObject): JsonObject {
  const {
    $schema: _,
    $defs,
    ...body
  } = z.toJSONSchema(schema, {
    metadata: NAMED,
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  }) as unknown as JsonObject;
  for (const [name, definition] of Object.entries(($defs ?? {}) as JsonObject)) components[name] = moved(definition);
  const id = typeof body["id"] === "string" ? body["id"] : undefined;
  if (id === undefined) return moved(body) as JsonObject;
  components[id] = moved(body);
  return { $ref: `#/components/schemas/${id}` };
}

/** Points references at the document's components, and leaves out the ids that only the registry needs. */
function moved(value: Json): Json {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "id" && typeof inner === "string" && NAMES.some(([name]) => name === inner)))
      .map(([key, inner]) => [
        key,
        key === "$ref" && typeof inner === "string" ? inner.replace("#/$defs/", "#/components/schemas/") : moved(inner),
      ]),
  );
}

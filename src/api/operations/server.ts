/** Operations on the server itself: health, the document of the API, and sessions. */
import { z } from "zod";
import { text } from "../basic.ts";
import * as bodies from "../bodies.ts";
import type { ApiOperation } from "../operation.ts";

export const serverOperations: readonly ApiOperation[] = [
  {
    id: "getHealth",
    method: "GET",
    access: "open",
    path: "/health",
    tag: "server",
    says: "Returns whether the server works, without the name of any target or run.",
    success: { status: 200, schema: bodies.healthSchema },
    problems: [],
  },
  {
    id: "getOpenApi",
    method: "GET",
    access: "open",
    path: "/openapi.json",
    tag: "server",
    says: "Returns this document.",
    success: { status: 200, schema: z.record(text, z.json()) },
    problems: [],
    hasEtag: true,
  },
  {
    id: "beginSession",
    method: "POST",
    access: "session",
    path: "/session",
    tag: "server",
    says: "Exchanges the one-time code of a link for a cookie that grants reading and for the token that grants control.",
    body: bodies.sessionBody,
    success: { status: 200, schema: bodies.sessionSchema },
    problems: [401, 429],
  },
  {
    id: "newCode",
    method: "POST",
    access: "control",
    path: "/session/codes",
    tag: "server",
    says: "Returns a new link with a one-time code.",
    success: { status: 201, schema: bodies.codeSchema },
    problems: [429],
  },
];

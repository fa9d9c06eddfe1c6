/**
 * The API of the dashboard as data: resources, frames of the live stream, operations and controls. The server (dashboard/) checks
 * by it, and the page imports its types. Pure.
 */
export type { FrameName, LiveFrame, LiveState } from "./api/live.ts";
export type { ApiProblem } from "./api/problem.ts";

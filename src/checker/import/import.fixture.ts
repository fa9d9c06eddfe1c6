/**
 * Reads small histories for the tests in this folder.
 */
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import { linearize } from "../linearizable/linearize.ts";
import { modelNamed } from "../linearizable/models.ts";
import { type HistoryOptions, importHistory, readHistory } from "./import-history.ts";

export function load(text: string, model = "cas-register", options: Partial<HistoryOptions> = {}): Operation[] {
  return importHistory(text, { file: "h", model: modelNamed(model), ...options });
}

export function read(text: string, model = "cas-register", options: Partial<HistoryOptions> = {}) {
  return readHistory(text, { file: "h", model: modelNamed(model), ...options });
}

export function verdict(text: string, model = "cas-register", options: Partial<HistoryOptions> = {}) {
  return linearize(load(text, model, options), modelNamed(model)).linearizable;
}

export function complaint(text: string, model = "cas-register", options: Partial<HistoryOptions> = {}): string {
  try {
    load(text, model, options);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown.describe();
    throw thrown;
  }
  return "none";
}

/** Builds Jepsen's log lines, with the tabs between process, type, kind and value. */
export const log = (...lines: string[]) =>
  lines
    .map(
      (line) => `INFO  jepsen.util - ${line.split(" ").slice(0, 3).join("\t")}\t${line.split(" ").slice(3).join(" ")}`,
    )
    .join("\n");

/** Builds one event as EDN. */
export const event = (type: string, f: string, process: number, value: string, more = "") =>
  `{:type :${type}, :f :${f}, :value ${value}, :process ${process}${more}}`;

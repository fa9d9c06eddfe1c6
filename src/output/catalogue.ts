/** The list of all outputs. A module that few runs need is loaded only when its flag is given. */
import type { OutputKind } from "../output.ts";
import { hookOutput } from "./hook.ts";
import { otelOutput } from "./otel.ts";
import { prometheusOutput } from "./prometheus.ts";
import { requestsOutput } from "./requests.ts";
import { secondsOutput } from "./seconds.ts";

export const OUTPUTS: readonly OutputKind[] = [secondsOutput, prometheusOutput, otelOutput, hookOutput, requestsOutput];

/** The writes of a client on the very node that is cut off: the probes' orders and baskets. */
import { probes } from "gameday";
import everywhere from "./probes.ts";

export default probes(everywhere.filter((probe) => probe.kind === "add"));

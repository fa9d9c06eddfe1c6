/** The list of keys and of what the figures mean. */
import { keysBody } from "../../view/more.ts";
import type { DialogPlan } from "../dialog.ts";

export function keysDialog(): DialogPlan {
  return {
    view: () => ({ title: "Keys and words", body: keysBody(), confirm: null, cancel: "Close", danger: false }),
  };
}

import { join } from "node:path";
import type { World } from "../cli.ts";

/**
 * Returns the folder for what must outlive a run (undo journals, sockets of a lab that keeps running). For root it is below
 * /var/lib, so that root and sudo use the same; otherwise it is the user's state folder by the XDG base directory
 * specification.
 */
export function stateFolderOf(world: World): string {
  const given = world.env["GAMEDAY_STATE"];
  if (given !== undefined && given !== "") return given;
  if (world.uid === 0) return "/var/lib/gameday";
  return join(world.env["XDG_STATE_HOME"] || join(world.env["HOME"] ?? "/tmp", ".local", "state"), "gameday");
}

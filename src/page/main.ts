/** The entry of the page's script. */
import { el } from "../view.ts";
import { patch } from "./patch.ts";

const root = document.getElementById("page");
if (root !== null) patch(root, [el("p", {}, "Gameday")]);

/** An admin reads the day's figures and checks which products run low. */
import { scenario } from "gameday";
import { logInAsAdmin } from "./staff.ts";

export default scenario({
  name: "reports",
  weight: 5,
  tags: { role: "admin" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsAdmin,
  login: logInAsAdmin,
  async run(user) {
    const sales = await user.http.get("/reports/sales");
    user.check("the figures are figures", !sales.ok || sales.json<{ orders: number }>().orders >= 0);
    await user.think();
    const low = await user.http.get("/reports/low-stock");
    user.check("the shortest come first", !low.ok || isSorted(low.json<{ products: Piece[] }>().products));
  },
});

interface Piece {
  readonly quantity: number;
}

function isSorted(pieces: readonly Piece[]): boolean {
  return pieces.every((piece, at) => piece.quantity >= (pieces[at - 1]?.quantity ?? 0));
}

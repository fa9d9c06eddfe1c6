/** A visitor browses the catalogue, opens a few pieces, and occasionally puts one into the basket. */
import { scenario } from "gameday";
import { anyPiece, CATEGORIES } from "./staff.ts";

export default scenario({
  name: "browse",
  weight: 35,
  tags: { role: "visitor" },
  think: { uniform: ["0.8s", "2.6s"] },
  async run(user) {
    const category = user.random.pick(CATEGORIES);
    const page = await user.http.get(`/products?category=${category}`, { name: "GET /products" });
    const products = page.ok ? page.json<{ products: { id: number; category: string }[] }>().products : [];
    user.check("the page shows its category", !page.ok || products.every((piece) => piece.category === category));
    await user.think();
    const product = products.length > 0 ? user.random.pick(products).id : anyPiece(user);
    const shown = await user.http.get(`/products/${product}`, { name: "GET /products/:id" });
    user.check("the piece is the one asked for", !shown.ok || shown.json<{ id: number }>().id === product);
  },
});

/** Routes that need no session: browse the catalogue, fill a basket, order. */
import type { CartItem, Carts } from "../carts.ts";
import type { Catalogue } from "../catalogue.ts";
import { HttpError } from "../errors.ts";
import { clientId, list, number, optionalText, record, text, whole } from "../fields.ts";
import { made, ok, type Request, type Route } from "../http.ts";
import type { Orders, Wish } from "../orders.ts";
import type { Sessions } from "../sessions.ts";

const ID_MAX = 2 ** 31 - 1;
const QUANTITY_MAX = 100;
const LINES_MAX = 10;

export function catalogueRoutes(catalogue: Catalogue): Route[] {
  return [
    {
      method: "GET",
      path: "/products",
      handle: async ({ query }) => {
        const category = text({ category: query.get("category") }, "category", 40);
        const afterId = query.has("after") ? number(query.get("after"), "after", 0, ID_MAX) : 0;
        return ok({ products: await catalogue.page(category, afterId) });
      },
    },
    {
      method: "GET",
      path: "/products/:id",
      handle: async ({ parameters }) => {
        const found = await catalogue.product(number(parameters["id"], "id", 1, ID_MAX));
        if (found === null) throw new HttpError(404, "not-found", "there is no such product");
        return ok({ ...found });
      },
    },
  ];
}

export function cartRoutes(carts: Carts): Route[] {
  return [
    {
      method: "GET",
      path: "/carts/:cart",
      handle: async ({ parameters }) => ok({ items: await carts.list(parameters["cart"] ?? "") }),
    },
    {
      method: "PUT",
      path: "/carts/:cart/items/:id",
      handle: async ({ parameters, body }) => {
        const { cart, id } = { cart: text(parameters, "cart"), id: text(parameters, "id") };
        await carts.put(cart, id, itemOf(body));
        return ok({ id });
      },
    },
    {
      method: "DELETE",
      path: "/carts/:cart/items/:id",
      handle: async ({ parameters }) => {
        await carts.remove(text(parameters, "cart"), text(parameters, "id"));
        return ok({});
      },
    },
  ];
}

export function orderRoutes(orders: Orders, sessions: Sessions): Route[] {
  return [
    {
      method: "POST",
      path: "/orders",
      handle: async (request) => {
        const { order, repeat } = await orders.place(wishOf(request.body), await sellerOf(request, sessions));
        return made(repeat, { ...order });
      },
    },
    {
      method: "GET",
      path: "/orders/:id",
      handle: async ({ parameters }) => {
        const found = await orders.find(parameters["id"] ?? "");
        if (found === null) throw new HttpError(404, "not-found", "there is no such order");
        return ok({ ...found });
      },
    },
  ];
}

/** A sale at the counter is credited to the member of staff who is logged in. An order without a session comes from the web. */
async function sellerOf(request: Request, sessions: Sessions): Promise<string> {
  return request.cookies["session"] === undefined ? "web" : (await sessions.of(request)).name;
}

function wishOf(body: unknown): Wish {
  const fields = record(body);
  return {
    id: clientId(fields),
    customer: whole(fields, "customer", 1, ID_MAX),
    lines: list(fields, "lines", LINES_MAX).map(itemOf),
    till: optionalText(fields, "till"),
  };
}

function itemOf(value: unknown): CartItem {
  const fields = record(value, "a line");
  return { product: whole(fields, "product", 1, ID_MAX), quantity: whole(fields, "quantity", 1, QUANTITY_MAX) };
}

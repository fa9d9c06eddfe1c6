/** Routes for members of staff. Every route except the login needs a session. */
import type { Catalogue } from "../catalogue.ts";
import type { Customers } from "../customers.ts";
import { HttpError } from "../errors.ts";
import { clientId, number, record, text, whole } from "../fields.ts";
import { made, ok, type Route } from "../http.ts";
import type { Repairs } from "../repairs.ts";
import type { Reports } from "../reports.ts";
import { adminOnly, type Sessions } from "../sessions.ts";
import type { Stock } from "../stock.ts";

const ID_MAX = 2 ** 31 - 1;

export function sessionRoutes(sessions: Sessions): Route[] {
  return [
    {
      method: "POST",
      path: "/login",
      handle: async ({ body }) => {
        const fields = record(body);
        const { session, cookie } = await sessions.open(clientId(fields), text(fields, "name"));
        const header = `session=${encodeURIComponent(cookie)}; Path=/; HttpOnly; SameSite=Lax`;
        return { status: 201, body: { id: session.id, role: session.role }, headers: { "set-cookie": header } };
      },
    },
    { method: "GET", path: "/me", handle: async (request) => ok({ ...(await sessions.of(request)) }) },
    {
      method: "POST",
      path: "/logout",
      handle: async (request) => {
        await sessions.close(await sessions.of(request));
        return { status: 200, body: {}, headers: { "set-cookie": "session=; Path=/; Max-Age=0" } };
      },
    },
  ];
}

export function customerRoutes(customers: Customers, sessions: Sessions): Route[] {
  return [
    {
      method: "GET",
      path: "/customers",
      handle: async (request) => {
        await sessions.of(request);
        const prefix = text({ prefix: request.query.get("prefix") }, "prefix", 40);
        return ok({ customers: await customers.search(prefix) });
      },
    },
    {
      method: "GET",
      path: "/customers/:id",
      handle: async (request) => {
        await sessions.of(request);
        const found = await customers.find(number(request.parameters["id"], "id", 1, ID_MAX));
        if (found === null) throw new HttpError(404, "not-found", "there is no such customer");
        return ok(found);
      },
    },
  ];
}

export function repairRoutes(repairs: Repairs, sessions: Sessions): Route[] {
  return [
    {
      method: "POST",
      path: "/repairs",
      handle: async (request) => {
        await sessions.of(request);
        const fields = record(request.body);
        const repair = {
          id: clientId(fields),
          customer: whole(fields, "customer", 1, ID_MAX),
          item: text(fields, "item"),
        };
        const { repeat } = await repairs.takeIn(repair);
        return made(repeat, { id: repair.id });
      },
    },
    {
      method: "GET",
      path: "/repairs/:id",
      handle: async (request) => {
        await sessions.of(request);
        const found = await repairs.find(request.parameters["id"] ?? "");
        if (found === null) throw new HttpError(404, "not-found", "there is no such repair");
        return ok(found);
      },
    },
  ];
}

export interface AdminParts {
  readonly sessions: Sessions;
  readonly catalogue: Catalogue;
  readonly stock: Stock;
  readonly reports: Reports;
}

export function adminRoutes({ sessions, catalogue, stock, reports }: AdminParts): Route[] {
  return [
    {
      method: "PUT",
      path: "/products/:id/price",
      handle: async (request) => {
        adminOnly(await sessions.of(request));
        const fields = record(request.body);
        const product = number(request.parameters["id"], "id", 1, ID_MAX);
        const { repeat } = await catalogue.setPrice(clientId(fields), product, whole(fields, "priceCents", 1, 1e8));
        return made(repeat, { id: product });
      },
    },
    {
      method: "POST",
      path: "/stock",
      handle: async (request) => {
        adminOnly(await sessions.of(request));
        const fields = record(request.body);
        const delivery = {
          id: clientId(fields),
          product: whole(fields, "product", 1, ID_MAX),
          quantity: whole(fields, "quantity", 1, 10_000),
        };
        const { repeat } = await stock.add(delivery);
        return made(repeat, { id: delivery.id });
      },
    },
    {
      method: "GET",
      path: "/reports/sales",
      handle: async (request) => {
        adminOnly(await sessions.of(request));
        return ok(await reports.sales());
      },
    },
    {
      method: "GET",
      path: "/reports/low-stock",
      handle: async (request) => {
        adminOnly(await sessions.of(request));
        return ok({ products: await reports.lowStock() });
      },
    },
  ];
}

/** Assembles the shop from its parts. Each part is created separately, so that another one can replace it. */
import { type Audit, audit } from "./audit.ts";
import { type Carts, carts } from "./carts.ts";
import { type Catalogue, catalogue } from "./catalogue.ts";
import { type CleanUp, cleanUp } from "./clean-up.ts";
import { type Customers, customers } from "./customers.ts";
import type { Environment } from "./environment.ts";
import type { Route } from "./http.ts";
import { lines, type Witness } from "./lines.ts";
import { type Orders, orders } from "./orders.ts";
import { type Readiness, readiness } from "./readiness.ts";
import { type Repairs, repairs } from "./repairs.ts";
import { type Reports, reports } from "./reports.ts";
import { auditRoutes, healthRoutes } from "./routes/books.ts";
import { cartRoutes, catalogueRoutes, orderRoutes } from "./routes/open.ts";
import { adminRoutes, customerRoutes, repairRoutes, sessionRoutes } from "./routes/staff.ts";
import { type Sessions, sessions } from "./sessions.ts";
import { type Stock, stock } from "./stock.ts";
import { type AcknowledgedWrites, acknowledgedWrites } from "./store/acknowledged.ts";
import { connect } from "./store/connection.ts";
import { type Database, Pool } from "./store/pool.ts";
import { connectRedis, type RedisConnection } from "./store/redis.ts";

/** How many Redis replicas must hold a write before it is acknowledged. */
export const REPLICAS = 1;

/** The connections to the stores. `writes` has a connection of its own, because WAIT blocks it. */
export interface Stores {
  readonly database: Database;
  readonly reads: RedisConnection;
  readonly writes: AcknowledgedWrites;
  readonly witness: Witness;
  close(): void;
}

export interface Shop {
  readonly sessions: Sessions;
  readonly catalogue: Catalogue;
  readonly customers: Customers;
  readonly carts: Carts;
  readonly orders: Orders;
  readonly stock: Stock;
  readonly repairs: Repairs;
  readonly reports: Reports;
  readonly readiness: Readiness;
  readonly audit: Audit;
  readonly cleanUp: CleanUp;
}

/** Opens the stores. All timeouts are well under those of the shop's clients (2 s and more). */
export function openStores(environment: Environment): Stores {
  const redisAt = { url: environment.redisUrl, connectMs: 500, answerMs: 800, reconnectEveryMs: 100 };
  const [reads, writer, witnessWriter] = [connectRedis(redisAt), connectRedis(redisAt), connectRedis(redisAt)];
  const poolOf = (max: number, limboMs: number) =>
    new Pool({
      open: () => connect({ url: environment.databaseUrl, connectMs: 800, statementMs: 900 }),
      max,
      waitMs: 800,
      waitersMax: 200,
      statementMs: 1_000,
      limboMs,
    });
  const database = poolOf(8, 3_000);
  const witnessDatabase = poolOf(1, 30_000); // It may hang for a long time and must not accumulate server processes.
  const writesOver = (connection: RedisConnection) =>
    acknowledgedWrites({ connection, replicas: REPLICAS, waitMs: 400, groupMax: 64, waitersMax: 500 });
  return {
    database,
    reads,
    writes: writesOver(writer),
    witness: { database: witnessDatabase, writes: writesOver(witnessWriter) },
    close: () => {
      for (const store of [reads, writer, witnessWriter, database, witnessDatabase]) store.close();
    },
  };
}

export function furnish(stores: Stores, environment: Environment): Shop {
  const { database, reads, writes, witness } = stores;
  return {
    sessions: sessions({ database, reads, writes, secret: environment.sessionSecret }),
    catalogue: catalogue(database),
    customers: customers(database),
    carts: carts(reads, writes),
    orders: orders(database),
    stock: stock(database),
    repairs: repairs(database),
    reports: reports(database),
    readiness: readiness(lines(database, { reads, writes }, witness)),
    audit: audit(database, reads),
    cleanUp: cleanUp(database, reads, writes),
  };
}

export function routesOf(shop: Shop): Route[] {
  return [
    ...healthRoutes(shop.readiness),
    ...sessionRoutes(shop.sessions),
    ...catalogueRoutes(shop.catalogue),
    ...cartRoutes(shop.carts),
    ...orderRoutes(shop.orders, shop.sessions),
    ...customerRoutes(shop.customers, shop.sessions),
    ...repairRoutes(shop.repairs, shop.sessions),
    ...adminRoutes(shop),
    ...auditRoutes(shop.audit, shop.cleanUp),
  ];
}

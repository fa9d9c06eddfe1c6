/** Caches each product forever: a price that another replica changed is never seen. */
import type { Catalogue } from "../../../examples/jewelry-shop/app/catalogue.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import { remembered } from "../../../examples/jewelry-shop/app/store/remembered.ts";

function forgetful(catalogue: Catalogue): Catalogue {
  const product = remembered(Number.POSITIVE_INFINITY, 10_000, (id) => catalogue.product(Number(id)));
  return { ...catalogue, product: (id) => product(String(id)) };
}

await runShop((shop) => ({ ...shop, catalogue: forgetful(shop.catalogue) }));

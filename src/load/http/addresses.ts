/**
 * Resolves names to addresses. All addresses of a name are used in turn, one for each connection, so that users are spread over
 * them. An address that cannot be reached is passed over for a while and then tried by a single connection. The other addresses
 * follow the first, and Node tries them in that order (Happy Eyeballs, RFC 8305), so a call need not fail with the first one.
 */
import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Hosts } from "../../std/hosts.ts";

/** How long the system's answer for a name is cached. It is short because clients that cache forever miss failovers. */
const CACHE_MS = 5_000;
/** How old an answer must be for a failure to discard it, so that a thousand users who see one failure do not all query. */
const FRESH_MS = 500;
/** How long an address that failed is passed over. */
const PASSED_OVER_MS = 5_000;

export type Family = 4 | 6;

export interface AddressOptions {
  /** Addresses of names for which the system is not queried. */
  readonly hosts?: Hosts;
  /** Only addresses of this family are used. */
  readonly family?: Family;
  /** The first turn, so that workers with one user each do not all begin with the same address. */
  readonly firstTurn?: number;
  readonly onPassedOver?: (says: string) => void;
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

interface Cached {
  readonly atMs: number;
  readonly addresses: Promise<readonly LookupAddress[]>;
}

export class AddressBook {
  readonly #options: AddressOptions;
  readonly #resolve: Resolve;
  readonly #cache = new Map<string, Cached>();
  readonly #lookups = new Map<number, LookupFunction>();
  /** The number of connections opened so far, by "name:port". */
  readonly #turns = new Map<string, number>();
  /** The time (performance.now()) until which an "address port" is passed over. */
  readonly #down = new Map<string, number>();

  constructor(options: AddressOptions = {}, resolve: Resolve = resolveAll) {
    this.#options = options;
    this.#resolve = resolve;
  }

  /** Returns the lookup function for connections to a port, as net.connect takes it. */
  lookupOn(port: number): LookupFunction {
    let lookup = this.#lookups.get(port);
    if (lookup === undefined) {
      lookup = (host, options, callback) => {
        this.addressesOf(host, port).then(
          (addresses) => {
            const [first] = addresses;
            if (options.all === true) callback(null, addresses);
            else callback(null, first?.address ?? "", first?.family ?? 4);
          },
          (error: NodeJS.ErrnoException) => callback(error, "", 4),
        );
      };
      this.#lookups.set(port, lookup);
    }
    return lookup;
  }

  /**
   * Returns the addresses of a name in the order in which a connection tries them. Rejects with the system's error, or with
   * ENODATA when there is none of the family.
   */
  async addressesOf(host: string, port: number): Promise<LookupAddress[]> {
    const all = this.#named(host, port) ?? (await this.#asked(host));
    const { family } = this.#options;
    const fit = family === undefined ? all : all.filter((address) => address.family === family);
    if (fit.length === 0) throw noAddress(host, family);
    return fit.length === 1 ? [...fit] : this.#inTurn(fit, host, port);
  }

  /** Notes that an address did not accept a connection. */
  failed(host: string, port: number, address: string, why: string): void {
    const key = `${address} ${port}`;
    if (!this.#down.has(key)) this.#options.onPassedOver?.(`${address}, an address of ${host}, is passed over: ${why}`);
    this.#down.set(key, performance.now() + PASSED_OVER_MS);
    this.distrust(host);
  }

  /** Discards the cached addresses of a name, which may be out of date. */
  distrust(host: string): void {
    const known = this.#cache.get(host);
    if (known !== undefined && performance.now() - known.atMs > FRESH_MS) this.#cache.delete(host);
  }

  /** Notes that an address, which may have failed before, accepted a connection. `address` is called only when needed. */
  reached(port: number, address: () => string | undefined): void {
    if (this.#down.size > 0) this.#down.delete(`${address()} ${port}`);
  }

  #named(host: string, port: number): readonly LookupAddress[] | undefined {
    const { hosts } = this.#options;
    if (hosts === undefined) return undefined;
    const name = host.toLowerCase();
    const given = hosts[`${name}:${port}`] ?? hosts[name] ?? hosts[`*:${port}`] ?? hosts["*"];
    return given?.map((address) => ({ address, family: isIP(address) }));
  }

  #asked(host: string): Promise<readonly LookupAddress[]> {
    const now = performance.now();
    const known = this.#cache.get(host);
    if (known !== undefined && now - known.atMs <= CACHE_MS) return known.addresses;
    const addresses = this.#resolve(host);
    const entry = { atMs: now, addresses };
    this.#cache.set(host, entry);
    // A failure is not cached: the next connection queries again.
    addresses.catch(() => this.#cache.get(host) === entry && this.#cache.delete(host));
    return addresses;
  }

  #inTurn(addresses: readonly LookupAddress[], host: string, port: number): LookupAddress[] {
    const key = `${host}:${port}`;
    const turn = this.#turns.get(key) ?? this.#options.firstTurn ?? 0;
    this.#turns.set(key, turn + 1);
    const first = turn % addresses.length;
    const inTurn = [...addresses.slice(first), ...addresses.slice(0, first)];
    return this.#down.size === 0 ? inTurn : this.#soundFirst(inTurn, port);
  }

  /** Puts one address that was passed over for long enough first, to be tried once, and those still passed over last. */
  #soundFirst(addresses: readonly LookupAddress[], port: number): LookupAddress[] {
    const now = performance.now();
    const [tried, sound, down]: LookupAddress[][] = [[], [], []];
    for (const address of addresses) {
      const key = `${address.address} ${port}`;
      const untilMs = this.#down.get(key);
      if (untilMs === undefined) sound?.push(address);
      else if (untilMs > now || tried?.length !== 0) down?.push(address);
      else {
        tried.push(address);
        this.#down.set(key, now + PASSED_OVER_MS);
      }
    }
    return [...(tried ?? []), ...(sound ?? []), ...(down ?? [])];
  }
}

function noAddress(host: string, family: Family | undefined): NodeJS.ErrnoException {
  const kind = family === undefined ? "address" : `IPv${family} address`;
  return Object.assign(new Error(`${host} has no ${kind}`), { code: "ENODATA" });
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return Promise.resolve([{ address: host, family }]);
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

/**
 * The shop's settings from its environment. Anything that is missing or malformed ends the shop with one clear message and exit
 * code 1.
 */
export interface Environment {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Signs session cookies; all replicas must share it. By default it is the database's URL, which they share anyway. */
  readonly sessionSecret: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function readEnvironment(variables: Variables): Environment {
  return {
    port: port(variables),
    databaseUrl: databaseUrl(variables),
    redisUrl: needed(variables, "REDIS_URL", "redis://127.0.0.1:6379"),
    sessionSecret: variables["SESSION_SECRET"] ?? databaseUrl(variables),
  };
}

export function databaseUrl(variables: Variables): string {
  return needed(variables, "DATABASE_URL", "postgres://shop@127.0.0.1:5432/shop");
}

function port(variables: Variables): number {
  const value = Number(needed(variables, "PORT", "8080"));
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new Error(`expected PORT to be a port number, got "${variables["PORT"]}"`);
}

function needed(variables: Variables, name: string, example: string): string {
  const value = variables[name];
  if (value !== undefined && value !== "") return value;
  throw new Error(`expected ${name} in the environment (for example ${example}), got nothing`);
}

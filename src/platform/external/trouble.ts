/** Explains why a member does not answer as it should, from the errors of its protocol, its driver or the network. */
import { GamedayError, messageOf } from "../../std/errors.ts";
import { whyUnreachable } from "../../std/unreachable.ts";

/** What a check is waiting for; the check itself keeps it up to date. */
export interface LookStage {
  waitsFor: string;
}

/** The beginnings of driver messages for the case that another service answers, or none does, with an explanation for people. */
const DRIVER_SAYS: readonly (readonly [begin: string, words: string])[] = [
  ["Connection is closed", "it closed the connection before it answered; does it expect TLS (rediss://)?"],
  ["Unknown RESP type", "the server does not speak Redis's protocol"],
  ["Protocol error, got", "the server does not speak Redis's protocol"],
  ["NOAUTH", "it demands a password, and the URL has none that it accepts"],
  ["SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", "it demands a password, and the URL has none"],
  ["Connection terminated unexpectedly", "it closed the connection before it answered"],
  ["received invalid response", "the server does not speak PostgreSQL's protocol"],
  [
    "There was an error establishing an SSL connection",
    "TLS failed, or the server does not speak PostgreSQL's protocol",
  ],
];

/** The most characters that are shown of a driver's message, because some messages explain the whole command. */
const DRIVER_SAYS_MAX = 80;

/** Returns one line that explains whatever a check threw; `withinMs` is how long the check may take. */
export function whyNotWell(thrown: unknown, stage: LookStage, withinMs: number): string {
  const message = messageOf(thrown);
  const isLate = (thrown instanceof GamedayError && thrown.code === "timed-out") || message === "timeout expired";
  if (isLate) return `no ${stage.waitsFor} within ${withinMs / 1000} s`;
  const words = DRIVER_SAYS.find(([begin]) => message.startsWith(begin))?.[1];
  return words === undefined
    ? whyUnreachable(thrown)
    : `${words} (${message.replace(/\. Please report this\.$/, "").slice(0, DRIVER_SAYS_MAX)})`;
}

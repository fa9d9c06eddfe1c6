/** Measures the load itself: how long a number of users was active without a break, and the time between a user's requests. */
import type { Facts } from "./facts.ts";
import { coveredOf, whenOf } from "./load-window.ts";
import { exactly, type Measure, nothing } from "./measure.ts";

export const usersActiveSeconds: Measure = {
  name: "users-active-seconds",
  unit: "s",
  says: "The longest uninterrupted time in which at least this many users were active, in whole seconds, summed over all workers.",
  over: [{ name: "users", required: true, says: "how many users" }],
  read(over, { load }) {
    const wanted = Number(over["users"]);
    if (!(wanted > 0)) return nothing(`"${over["users"]}" is not a number of users`);
    if (load.generator.intervals === 0) return nothing("nothing about the load was recorded");
    const found = load.users.longest(wanted);
    const seconds = found?.seconds ?? 0;
    // At least this time is certain; it may be longer if a worker did not report.
    const whole = load.generator.missing.length === 0;
    return {
      range: { lower: seconds, upper: whole ? seconds : Number.POSITIVE_INFINITY },
      says:
        found === null
          ? `there were never ${wanted} users`
          : `for ${seconds} s there were ${found.usersFewest} users or more`,
      ...(found === null ? {} : { when: whenOf({ key: "", says: "", takes: "inside", spans: [found] }) }),
    };
  },
};

export const cycleSecondsMean: Measure = {
  name: "cycle-seconds-mean",
  unit: "s",
  says: "Average time from one request of a user to the next, think time included: users' time divided by requests, at full load.",
  over: [],
  wants: () => [{ window: "plateau", tags: {} }],
  read(_over, facts) {
    const requests = coveredOf({}, "plateau", facts);
    if (typeof requests === "string") return nothing(requests);
    const cycle = cycleOf(facts);
    if (cycle === null) return nothing(`no request was made ${requests.window.says}`);
    const { userSeconds, count, seconds } = cycle;
    return {
      range: exactly(seconds),
      says: `${count} requests in ${userSeconds.toFixed(0)} s of users' time ${requests.window.says}`,
      when: whenOf(requests.window),
      ...(requests.doubt === undefined ? {} : { doubt: requests.doubt }),
    };
  },
};

/** Divides the users' time on the plateau by the number of its requests; null if there is no plateau or no request. */
export function cycleOf({ load, windows }: Facts): { userSeconds: number; count: number; seconds: number } | null {
  const plateau = windows.find(({ key }) => key === "plateau");
  const total = load.total({ window: "plateau", tags: {} });
  if (plateau === undefined || total === undefined || total.count === 0) return null;
  const userSeconds = total.userMs / 1000;
  return { userSeconds, count: total.count, seconds: userSeconds / total.count };
}

/**
 * Decides by a user's number which scenario it runs. For every N, the scenarios of the first N users are as close to the
 * proportion of their weights as whole users allow (Webster's apportionment, one seat at a time).
 */
export const PATTERN_LENGTH = 1000;

export function weightedPattern(weights: readonly number[]): (number: number) => number {
  const pattern = new Uint16Array(PATTERN_LENGTH);
  const given = weights.map(() => 0);
  for (let at = 0; at < PATTERN_LENGTH; at++) {
    let best = 0;
    let bestClaim = -1;
    for (const [index, weight] of weights.entries()) {
      const claim = weight / (2 * (given[index] ?? 0) + 1);
      if (claim > bestClaim) [best, bestClaim] = [index, claim];
    }
    pattern[at] = best;
    given[best] = (given[best] ?? 0) + 1;
  }
  return (number) => pattern[number % PATTERN_LENGTH] ?? 0;
}

/** Returns one index, chosen by weight with a draw in [0, 1). */
export function drawWeighted(weights: readonly number[], draw: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = draw * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

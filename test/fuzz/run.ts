/**
 * `node test/fuzz/run.ts [COUNT] [SEED]`: a campaign of COUNT (10,000) damaged folders. Prints a line of JSON and exits with 1 if
 * any folder passed wrongly.
 */
import { fuzz } from "./campaign.ts";

const [count = "10000", seed = "1"] = process.argv.slice(2);
const { wrong, ...counts } = fuzz(Number(count), seed);
console.log(JSON.stringify({ ...counts, wrong: wrong.length, examples: wrong.slice(0, 5) }));
process.exitCode = wrong.length > 0 ? 1 : 0;

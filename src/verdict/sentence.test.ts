import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Finding } from "../checker.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";
import { SENTENCE_WORDS_MAX, sentenceOf } from "./sentence.ts";

type Judged = Omit<Verdict, "sentence">;

function judged(verdict: Status, parts: Partial<Judged>): Judged {
  const none = { validity: [], notTested: [], findings: [], experiments: [], objectives: [] };
  return { version: 1, runId: "run-1", plan: "p", exitCode: 1, manualInterventions: 0, verdict, ...none, ...parts };
}

function finding(checker: string, status: Status, because: string, figures: Finding["figures"] = {}): Finding {
  return { checker, object: "orders", status, because, witnesses: [], figures };
}

function missed(id: string, says: string, status: Status = "fail"): ObjectiveVerdict {
  const measured = { lower: 35.21, upper: 35.9 };
  const because = "Recovered 35.2 to 35.9 s after the bite.";
  return {
    id,
    says,
    status,
    measure: "recovery-seconds",
    unit: "s",
    measured,
    bound: { under: 30 },
    because,
    explanation: null,
  };
}

test("a missed objective is reported with the measured value, the bound, and the fault during which it was measured", () => {
  const objectives = [missed("recovery", "orders work again")];
  const asked = { measure: "recovery-seconds", bound: { under: 30 }, says: "", over: { experiment: "kill" } };
  const sentence = sentenceOf(judged("fail", { objectives }), { objectives: [{ id: "recovery", ...asked }] });
  const says = 'measured 35.2 to 35.9 s, asked under 30 s, during "kill" (the objective: orders work again)';
  assert.equal(sentence, `Fail: ${says}.`);
});

test("a loss comes before all other reasons, and the objective that repeats it is not counted again", () => {
  const lost = finding("acked-set", "fail", "12 of 3400 acknowledged writes are lost.", {
    lost: 12,
    acknowledged: 3400,
  });
  const repeats = {
    ...missed("lost", "none is lost"),
    measure: "lost-writes",
    unit: "writes",
    measured: { value: 12 },
  };
  const sentence = sentenceOf(judged("fail", { findings: [lost], objectives: [repeats, missed("slow", "quick")] }));
  assert.match(sentence, /^Fail: 12 of 3,400 acknowledged writes of orders were lost; measured 35\.2 to 35\.9 s/);
  assert.doesNotMatch(sentence, /more/);
});

test("a sentence never has more than 40 words, and counts what it leaves out", () => {
  const words = fc.array(fc.constantFrom("users", "of", "all", "12", "baskets", '"a', 'b"'), {
    minLength: 1,
    maxLength: 60,
  });
  const texts = fc.array(
    words.map((all) => all.join(" ")),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(texts, texts, fc.constantFrom<Status>("fail", "unknown", "pass"), (says, because, verdict) => {
      const findings = because.map((text) => finding("duplicates", verdict, `${text}.`));
      const objectives = says.map((text, at) => missed(String(at), text, verdict));
      const validity = verdict === "pass" ? because.map((text) => finding("rule", "unknown", text)) : [];
      const sentence = sentenceOf(judged(verdict, { findings, objectives, validity }), { torn: says[0] ?? null });
      assert.ok(sentence.split(/\s+/).length <= SENTENCE_WORDS_MAX, sentence);
      assert.match(sentence, /^(Fail|Unknown|Pass): .*[.…]$/);
    }),
    { numRuns: 300 },
  );
});

/** What deploy/kubernetes holds fits together: the plan, its rights as `init --rbac` prints them, and the pods that play it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { rbacOfPlan } from "../src/cli/init/rbac-text.ts";
import { parsePlan } from "../src/plan/parse.ts";
import { kubernetesConfig } from "../src/platform/kubernetes/config.ts";

const FOLDER = resolve(import.meta.dirname, "../deploy/kubernetes");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");

interface Job {
  readonly backoffLimit: number;
  readonly template: { readonly spec: { readonly serviceAccountName: string; readonly volumes: readonly object[] } };
}

test("the rights are the least that the plan needs, as init prints them", () => {
  const file = join(FOLDER, "plan.yaml");
  const parsed = parsePlan(read("plan.yaml"), { file, environment: {}, platforms: { kubernetes: kubernetesConfig } });
  assert.equal(rbacOfPlan({ ...parsed, file } as Parameters<typeof rbacOfPlan>[0]), read("rights.yaml"));
});

test("Job and CronJob play the same game day, once each, with these rights", () => {
  const job = (parse(read("job.yaml")) as { spec: Job }).spec;
  const weekly = (parse(read("cronjob.yaml")) as { spec: { jobTemplate: { spec: Job } } }).spec.jobTemplate.spec;
  assert.deepEqual(job, weekly);
  assert.equal(job.backoffLimit, 0);
  const [account] = parseAllDocuments(read("rights.yaml")).map(
    (document) => document.toJS() as { metadata: { name: string } },
  );
  assert.equal(job.template.spec.serviceAccountName, account?.metadata.name);
});

test("the kustomization names every file that it needs", () => {
  const { resources, configMapGenerator } = parse(read("kustomization.yaml")) as {
    resources: readonly string[];
    configMapGenerator: readonly { files: readonly string[] }[];
  };
  for (const name of [...resources, ...configMapGenerator.flatMap(({ files }) => files)])
    assert.ok(read(name).length > 0);
});

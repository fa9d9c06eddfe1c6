/** What deploy/kubernetes holds fits together: the plan, its rights as `init --rbac` prints them, and the pods that play it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { rbacOfPlan } from "../src/cli/init/rbac-text.ts";
import { serveCommand } from "../src/cli/serve.ts";
import type { World } from "../src/cli.ts";
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

test("each kustomization names only files that exist", () => {
  for (const folder of [".", "dashboard", "dashboard-service"]) {
    const kustomization = parse(read(`${folder}/kustomization.yaml`)) as {
      resources: readonly string[];
      patches?: readonly { path: string }[];
      configMapGenerator?: readonly { files: readonly string[] }[];
    };
    const { resources, patches = [], configMapGenerator = [] } = kustomization;
    const files = [
      ...resources,
      ...patches.map(({ path }) => path),
      ...configMapGenerator.flatMap(({ files }) => files),
    ];
    for (const name of files) assert.ok(existsSync(join(FOLDER, folder, name)), `${folder}: ${name}`);
  }
});

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly command: readonly string[] }] };
    };
  };
}

test("the dashboard stays inside its pod, and only the overlay of the Service listens beyond it, with the token of a Secret", () => {
  const commandOf = (name: string) =>
    (parse(read(name)) as Deployment).spec.template.spec.containers[0].command.join(" ");
  const [inside, beyond] = [commandOf("dashboard/deployment.yaml"), commandOf("dashboard-service/listen.yaml")];
  assert.doesNotMatch(inside, /--listen/);
  assert.match(
    beyond,
    /cat \/token\/token >\/state\/dashboard\/8089\.token; exec gameday serve .* --listen 0\.0\.0\.0/,
  );
  assert.match(read("dashboard-service/listen.yaml"), /secretName: gameday-dashboard/);
  const known = serveCommand({} as World).options.map(({ long }) => long);
  for (const flag of `${inside} ${beyond}`.match(/--[a-z-]+/g) ?? []) assert.ok(known.includes(flag), flag);
});

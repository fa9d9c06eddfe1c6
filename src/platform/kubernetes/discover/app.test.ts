import assert from "node:assert/strict";
import { test } from "node:test";
import { appContainer, appOf, autoscalerOf, budgetNotes } from "./app.ts";
import { findingsOf } from "./findings.ts";
import { autoscaler, container, deployment, ingress, recordedOf, service, shop } from "./recorded.fixture.ts";
import type { ListedObjects } from "./recorded.ts";
import { bitnamiPostgresHa, byHand, lookAlikes } from "./stores.fixture.ts";

function foundIn(recorded: ListedObjects) {
  const app = appOf(recorded);
  assert.ok(app);
  return { app, name: app.deployment.metadata.name, ...appContainer(app, recorded), asked: app.questions };
}

test("the Deployment that a NodePort leads to serves users; others without a Service are not even asked about", () => {
  const worker = deployment("worker", { labels: { app: "worker" }, containers: [container("worker", 8080)] });
  const { name, container: served, app, asked } = foundIn(recordedOf(worker, lookAlikes, byHand, shop()));
  assert.deepEqual([name, served, asked], ["shop", "shop", []]);
  assert.deepEqual(app.because, ["Deployment shop serves users: NodePort shop leads to it."]);
});

test("several Deployments with an entry are a question; the one that scales by itself is the guess", () => {
  const admin = recordedOf(
    deployment("admin", { labels: { app: "admin" }, containers: [container("admin", 8080)], replicas: 5 }),
    service("admin", { app: "admin" }, [{ port: 80, targetPort: 8080, nodePort: 30_081 }], { type: "NodePort" }),
  );
  const { name, asked } = foundIn(recordedOf(admin, shop()));
  assert.equal(name, "shop");
  assert.deepEqual(asked, ["Users can reach admin from outside as well. Is shop the one to be judged?"]);
});

test("a pooler with a load balancer in front serves no users", () => {
  const pool = service(
    "pool",
    { "app.kubernetes.io/component": "pgpool" },
    [{ port: 5432, targetPort: "postgresql" }],
    {
      type: "LoadBalancer",
    },
  );
  const { name, asked } = foundIn(recordedOf(bitnamiPostgresHa, pool, shop()));
  assert.deepEqual([name, asked], ["shop", []]);
});

test("the container is the one behind the Service's target port, by number or by name", () => {
  const labels = { app: "web" };
  const containers = [container("proxy", { metrics: 9090 }), container("web", { http: 8080 })];
  const to = (targetPort: string | number) =>
    foundIn(
      recordedOf(
        deployment("web", { labels, containers }),
        service("web", labels, [{ port: 80, targetPort }], { type: "NodePort" }),
      ),
    );
  assert.equal(to("http").container, "web");
  assert.equal(to(8080).container, "web");
  assert.deepEqual(to(3000).questions, [
    "No container declares the Service's port. Which of proxy and web serves users?",
  ]);
});

test("a Deployment without an entry is guessed, with a question when there are several", () => {
  const inside = (name: string) =>
    recordedOf(
      deployment(name, { labels: { app: name }, containers: [container(name, 8080)] }),
      service(name, { app: name }, [{ port: 80, targetPort: 8080 }]),
    );
  assert.deepEqual(foundIn(inside("web")).asked, []);
  assert.match(
    foundIn(recordedOf(inside("web"), inside("api"))).asked.join(),
    /No Deployment has an entry from outside/,
  );
});

test("a namespace without a Deployment behind a Service is refused in words", () => {
  assert.throws(() => findingsOf(recordedOf(byHand)), {
    code: "kubernetes-no-app",
    got: "no Deployment, only StatefulSets: pg and redis",
    exitCode: 4,
  });
  assert.throws(() => findingsOf(recordedOf(lookAlikes)), {
    code: "kubernetes-no-app",
    got: /^no Service that leads to/,
  });
});

test("the autoscaler and the budget are those of the Deployment, and of no other object of the same name", () => {
  const other = autoscaler("other", "other");
  const statefulSetOf = { ...autoscaler("set", "shop").autoscalers?.[0] };
  const set = { ...statefulSetOf, spec: { scaleTargetRef: { kind: "StatefulSet", name: "shop" } } } as never;
  const recorded = recordedOf(other, { autoscalers: [set] }, shop());
  const { app } = foundIn(recorded);
  assert.equal(autoscalerOf(app, recorded)?.metadata.name, "shop");
  assert.match(
    budgetNotes([{ app: "x" }, { app: "shop" }], recorded),
    /^PodDisruptionBudget shop \(maxUnavailable 1\) limits/,
  );
  assert.match(budgetNotes([{ app: "pg" }], recorded), /^No PodDisruptionBudget covers these pods/);
  const hidden: ListedObjects = { ...recorded, budgets: [], unread: ["PodDisruptionBudget"] };
  assert.equal(budgetNotes([{ app: "pg" }], hidden), "PodDisruptionBudgets could not be listed.");
});

test("an Ingress counts for more than a NodePort", () => {
  const labels = { app: "front" };
  const front = recordedOf(
    deployment("front", { labels, containers: [container("front", 3000)], replicas: 1 }),
    service("front", labels, [{ port: 3000 }]),
    ingress("front", {
      rules: [
        {
          host: "shop.example.org",
          http: { paths: [{ path: "/", backend: { service: { name: "front", port: { number: 3000 } } } }] },
        },
      ],
    }),
  );
  const { name, asked } = foundIn(recordedOf(shop(), front));
  assert.equal(name, "front");
  assert.equal(asked.length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { appOf } from "./app.ts";
import { endpointOf } from "./endpoint.ts";
import { container, deployment, ingress, node, recordedOf, service, shop } from "./recorded.fixture.ts";
import type { IngressObject, ListedObjects } from "./recorded.ts";

const labels = { app: "web" };
const web = deployment("web", { labels, containers: [container("web", 8080)], replicas: 1 });
const PORT = { port: 80, targetPort: 8080, nodePort: 30_080 };

function endpoint(...parts: readonly Partial<ListedObjects>[]) {
  const recorded = recordedOf(...parts);
  const app = appOf(recorded);
  assert.ok(app);
  return endpointOf(app, recorded);
}

const nodePort = (...nodes: ReturnType<typeof node>[]) =>
  endpoint(web, service("web", labels, [PORT], { type: "NodePort" }), { nodes });

test("a NodePort is taken from the node with the fewest pods, and the risk is a question", () => {
  const {
    url,
    node: chosen,
    questions,
  } = endpoint(shop(), deployment("busy", { labels: { app: "busy" }, containers: [container("busy")], replicas: 2 }));
  assert.equal(url, "http://10.77.0.13:30080", "worker-3 runs one pod, the others two");
  assert.equal(chosen, "worker-3");
  assert.match(questions.join(), /^A fault that hits worker-3 also takes this entry away/);
});

test("a node of the control plane, which faults leave alone, is the better entry; the only node is not", () => {
  const control = node(9, { "node-role.kubernetes.io/control-plane": "true" });
  assert.deepEqual([nodePort(node(1), control).node, nodePort(node(1), control).questions], ["worker-9", []]);
  assert.equal(nodePort(control).questions.length, 1);
});

test("another node's address is the second entry; with one node there is none", () => {
  const { url, second } = nodePort(node(1), node(2));
  assert.deepEqual([url, second].sort(), ["http://10.77.0.11:30080", "http://10.77.0.12:30080"]);
  assert.equal(nodePort(node(1)).second, undefined);
});

test("with externalTrafficPolicy Local only a node that runs the app can be the entry", () => {
  const local = service("web", labels, [PORT], { type: "NodePort", externalTrafficPolicy: "Local" });
  assert.equal(endpoint(web, local, { nodes: [node(1), node(2)] }).node, "worker-1");
});

test("nodes that may not be listed, or that are not ready, are a question and an address that never resolves", () => {
  const recorded = recordedOf(web, service("web", labels, [PORT], { type: "NodePort" }));
  const app = appOf(recorded);
  assert.ok(app);
  const hidden = endpointOf(app, { ...recorded, nodes: null });
  assert.equal(hidden.url, "http://endpoint.invalid");
  assert.match(hidden.questions.join(), /^Nodes may not be listed/);
  assert.equal(nodePort({ ...node(1), status: { conditions: [{ type: "Ready", status: "Unknown" }] } }).node, null);
});

const inside = service("web", labels, [{ port: 80, targetPort: 8080 }]);
const rule = (host: string | undefined, path: string) => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: [{ path, backend: { service: { name: "web", port: { number: 80 } } } }] },
});
const byIngress = (spec: NonNullable<IngressObject["spec"]>, status?: object) =>
  endpoint(web, inside, ingress("web", spec, status));

test("an Ingress gives its host, its scheme and its path", () => {
  assert.equal(byIngress({ rules: [rule("shop.example.org", "/")] }).url, "http://shop.example.org");
  const tls = [{ hosts: ["shop.example.org"] }];
  assert.equal(byIngress({ rules: [rule("shop.example.org", "/api/")], tls }).url, "https://shop.example.org/api");
  assert.equal(byIngress({ rules: [rule("shop.example.org", "/v1/(.*)")] }).url, "http://shop.example.org");
  const parts = { rules: [rule("a.example.org", "/images"), rule("a.example.org", "/")] };
  assert.equal(byIngress(parts).url, "http://a.example.org", "the root of the app, not one of its parts");
});

test("an Ingress without a host of its own is reached by its address, which is a question", () => {
  const status = { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } };
  for (const host of [undefined, "*.example.org"]) {
    const { url, questions } = byIngress({ rules: [rule(host, "/")] }, status);
    assert.equal(url, "http://192.0.2.7");
    assert.equal(questions.length, 1);
  }
  assert.equal(byIngress({ rules: [rule(undefined, "/")] }).url, "http://endpoint.invalid");
});

test("a LoadBalancer gives its address; while it has none, its NodePort is used and the rest is a question", () => {
  const balancer = (port: object, ingresses: readonly object[]) => ({
    services: (service("web", labels, [{ ...PORT, ...port }], { type: "LoadBalancer" }).services ?? []).map((one) => ({
      ...one,
      status: { loadBalancer: { ingress: ingresses as never } },
    })),
  });
  const nodes = { nodes: [node(1)] };
  assert.equal(endpoint(web, balancer({}, [{ ip: "192.0.2.8" }]), nodes).url, "http://192.0.2.8");
  assert.equal(endpoint(web, balancer({ port: 443 }, [{ hostname: "lb.example.org" }])).url, "https://lb.example.org");
  assert.equal(endpoint(web, balancer({ port: 8000 }, [{ ip: "2001:db8::1" }])).url, "http://[2001:db8::1]:8000");
  const pending = endpoint(web, balancer({}, []), nodes);
  assert.equal(pending.url, "http://10.77.0.11:30080");
  assert.match(pending.questions.join(), /LoadBalancer web has no address yet/);
});

test("other entries are named beside the chosen one", () => {
  const { url, because } = endpoint(shop(), {
    ...ingress("shop", {
      rules: [{ host: "shop.example.org", http: { paths: [{ backend: { service: { name: "shop" } } }] } }],
    }),
  });
  assert.equal(url, "http://shop.example.org");
  assert.match(because.join(), /tested with an Ingress by fixtures only/);
  assert.match(because.join(), /Other entries that were found: http:\/\/10\.77\.0\.1\d:30080/);
});

test("an app without any entry is a question", () => {
  const { url, questions } = endpoint(web, inside);
  assert.equal(url, "http://endpoint.invalid");
  assert.match(questions.join(), /At which URL do users reach it/);
});

/** The `platform` section of a first plan: what was found, why, and what remains a question. Pure. */
import { budgetNotes } from "../../platform/kubernetes/discover/app.ts";
import { databaseLikeDeployments } from "../../platform/kubernetes/discover/by-hand.ts";
import type { Chosen, Findings } from "../../platform/kubernetes/discover/findings.ts";
import { type ListedObjects, listed, templateLabels } from "../../platform/kubernetes/discover/recorded.ts";
import { ALLOWED_LABEL } from "../../platform/kubernetes/marks.ts";
import { isControlPlane } from "../../platform/kubernetes/objects.ts";
import { type Asked, type DatabaseLogins, hasLogin } from "./leaders.ts";
import type { ClusterSurroundings } from "./look-around.ts";
import { comments, flow, questions, scalar, switchedOff } from "./yaml-lines.ts";

/** Everything that a first plan is written from. */
export interface Draft {
  readonly context: string;
  readonly findings: Findings;
  readonly namespaceLabels: ClusterSurroundings["namespaceLabels"];
  /** What the databases reported; null for a database that was not found. */
  readonly postgres: Asked | null;
  readonly redis: Asked | null;
  readonly logins: DatabaseLogins;
}

const INDENT = "  ";

export function platformLines(draft: Draft): string[] {
  return [
    "platform:",
    ...[
      "kind: kubernetes",
      ...comments(["Gameday acts on this context only, whichever is the current one."]),
      `context: ${scalar(draft.context)}`,
      `namespace: ${scalar(draft.findings.recorded.namespace)}`,
      ...unreadLines(draft.findings),
      ...endpointLines(draft.findings),
      ...appLines(draft.findings),
      ...postgresLines(draft),
      ...redisLines(draft),
      ...imageLines(),
      ...consentLines(draft),
    ].map((line) => INDENT + line),
  ];
}

function unreadLines({ recorded: { unread } }: Findings): string[] {
  if (unread.length === 0) return [];
  return questions([`This account may not list ${listed(unread)}. Which of them should this plan include?`]);
}

function endpointLines({ endpoint: { url, second, because, questions: asked } }: Findings): string[] {
  const says = "The same app through another node, which shows whether the node of the endpoint was lost, or the app.";
  const entries = second === undefined ? [] : [...comments([says]), `entries: [${scalar(second)}]`];
  return [...comments(because), ...questions(asked), `endpoint: ${scalar(url)}`, ...entries];
}

function appLines(findings: Findings): string[] {
  const { app, container, recorded } = findings;
  return [
    ...comments([...app.because, budgetNotes([templateLabels(app.deployment)], recorded)]),
    ...questions(app.questions),
    "app:",
    `  deployment: ${scalar(app.deployment.metadata.name)}`,
    ...comments(container.because, INDENT),
    ...questions(container.questions, INDENT),
    `  container: ${scalar(container.container)}`,
    ...autoscalerLines(findings),
  ];
}

function autoscalerLines({ app, autoscaler, recorded }: Findings): string[] {
  if (recorded.unread.includes("HorizontalPodAutoscaler"))
    return comments(["HorizontalPodAutoscalers could not be listed."]);
  if (autoscaler === null) return comments(["No HorizontalPodAutoscaler scales this Deployment."]);
  const { minReplicas = 1, maxReplicas } = autoscaler.spec ?? {};
  return [
    ...comments([
      `It scales Deployment ${app.deployment.metadata.name} from ${minReplicas} to ${maxReplicas} replicas.`,
    ]),
    `autoscaler: ${scalar(autoscaler.metadata.name)}`,
  ];
}

function postgresLines({ findings: { postgres: chosen, recorded }, postgres: asked, logins }: Draft): string[] {
  if (chosen === null || asked === null) return questions([noStore("PostgreSQL", "postgres", recorded)]);
  const { store } = chosen;
  const login = [
    `database: ${logins.postgres.database === undefined ? "postgres" : fromEnvironment("var", "PGDATABASE")}`,
    `user: ${fromEnvironment("var", "PGUSER")}`,
    `password: ${fromEnvironment("env", "PGPASSWORD")}`,
  ];
  const leader = store.operator.leader === "patroni" ? "patroni" : "sql";
  return [
    "postgres:",
    ...storeLines(chosen, asked, recorded),
    `  leader: ${leader}`,
    `  members: ${store.members.length}`,
    ...comments(["A ledger by SQL, and a leader by SQL, need a login. Secrets stay in the environment."], INDENT),
    ...(hasLogin(logins) ? login.map((line) => INDENT + line) : switchedOff(login, INDENT)),
  ];
}

/** Returns a reference to the environment: "env" for a secret, "var" for a value that may be shown. */
function fromEnvironment(kind: "env" | "var", name: string): string {
  return `"\${${kind}:${name}}"`;
}

function redisLines({ findings: { redis: chosen, recorded }, redis: asked, logins }: Draft): string[] {
  if (chosen === null || asked === null) return questions([noStore("Redis", "redis", recorded)]);
  const { store } = chosen;
  const password = `password: ${fromEnvironment("env", "REDISCLI_AUTH")}`;
  const secret = logins.redis.password === undefined ? [] : [password];
  return [
    "redis:",
    ...storeLines(chosen, asked, recorded),
    `  members: ${store.members.length}`,
    ...(secret.length === 0
      ? [...comments(["Needed only if it demands a password:"], INDENT), ...switchedOff([password], INDENT)]
      : secret.map((line) => INDENT + line)),
    ...sentinelLines(chosen, asked, asked.sentinelLogin ? secret : []),
  ];
}

function storeLines({ store, because, questions: open }: Chosen, asked: Asked, recorded: ListedObjects): string[] {
  const labels = store.members.map(({ metadata }) => metadata.labels ?? {});
  const budget = budgetNotes(labels, recorded);
  return [
    ...comments([...because, ...asked.because, budget], INDENT),
    ...questions([...open, ...asked.questions], INDENT),
    `  pods: ${flow(store.labels)}`,
    `  container: ${scalar(store.container)}`,
  ];
}

function sentinelLines({ store: { sentinels } }: Chosen, { masterSet }: Asked, secret: readonly string[]): string[] {
  if (sentinels === null) return [];
  const inside = [
    `container: ${scalar(sentinels.container)}`,
    ...(sentinels.labels === null ? [] : [`pods: ${flow(sentinels.labels)}`]),
    `master: ${scalar(masterSet ?? sentinels.master)}`,
    `sentinels: ${sentinels.pods.length}`,
    ...secret,
  ];
  return ["  sentinel:", ...inside.map((line) => `    ${line}`)];
}

function noStore(name: string, part: "postgres" | "redis", recorded: ListedObjects): string {
  const similar = databaseLikeDeployments(recorded, part);
  const seen =
    similar.length === 0 ? "" : ` Deployments with its port or name are mostly poolers or proxies: ${listed(similar)}.`;
  return `No ${name} was found in this namespace.${seen} If there is one, which labels do its pods carry, and which container runs it?`;
}

function imageLines(): string[] {
  return [
    ...questions([
      "Which image of Gameday can the nodes pull? Faults of the network, freezes and pressure need one, for their ephemeral containers.",
    ]),
    ...switchedOff(["image: registry.example.org/gameday:1"]),
    ...comments([
      "With this account (`gameday init --kubernetes --rbac` prints its rights) and an image, two pods in the cluster undo the cordons of a run that died.",
    ]),
    ...switchedOff(["serviceAccount: gameday"]),
  ];
}

function consentLines({ findings: { recorded }, namespaceLabels, context }: Draft): string[] {
  const { namespace, nodes } = recorded;
  const only = (nodes ?? []).length > 0 && (nodes ?? []).every(isControlPlane);
  const allowed = namespaceLabels?.[ALLOWED_LABEL] === "true";
  if (allowed && !only)
    return comments([`The namespace carries the label ${ALLOWED_LABEL}=true, so its owner agrees.`]);
  const asked = allowed ? [] : [consentQuestion(namespace, context, namespaceLabels === null)];
  const names = (nodes ?? []).map(({ metadata }) => scalar(metadata.name));
  const nodeQuestion = "Every node carries the control plane, and such nodes are not hit. Which of them may be hit?";
  return [
    ...questions([...asked, ...(only ? [nodeQuestion] : [])]),
    ...switchedOff([
      "allow:",
      ...(allowed ? [] : [`  namespace: ${scalar(namespace)}`]),
      ...(only ? [`  controlPlaneNodes: [${names.join(", ")}]`] : []),
    ]),
  ];
}

function consentQuestion(namespace: string, context: string, unknown: boolean): string {
  const label = `kubectl --context ${context} label namespace ${namespace} ${ALLOWED_LABEL}=true`;
  const seen = unknown ? "Its labels cannot be read." : `It lacks the label ${ALLOWED_LABEL}=true.`;
  return `Does the owner of namespace ${namespace} agree to a game day? ${seen} Either the owner runs \`${label}\`, or the plan repeats its name:`;
}

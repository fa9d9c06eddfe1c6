/** Everything that the lists of a namespace show, before anybody is asked who leads. Pure. */
import { ExitCode, GamedayError } from "../../../std/errors.ts";
import type { AutoscalerObject } from "../objects.ts";
import { type App, appContainer, appOf, autoscalerOf } from "./app.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";
import { type DiscoveryNotes, type ListedObjects, listed } from "./recorded.ts";
import { type Store, storesOf } from "./stores.ts";

export interface Findings {
  readonly recorded: ListedObjects;
  readonly app: App;
  readonly container: DiscoveryNotes & { readonly container: string };
  readonly autoscaler: AutoscalerObject | null;
  readonly endpoint: Endpoint;
  readonly postgres: Chosen | null;
  readonly redis: Chosen | null;
}

/** The cluster that the plan is about, and a question when there are others. */
export interface Chosen extends DiscoveryNotes {
  readonly store: Store;
}

/** Throws GamedayError when the namespace has no Deployment: a plan is about one that serves users. */
export function findingsOf(recorded: ListedObjects): Findings {
  const app = appOf(recorded);
  if (app === null) throw noApp(recorded);
  const { postgres, redis } = storesOf(recorded);
  return {
    recorded,
    app,
    container: appContainer(app, recorded),
    autoscaler: autoscalerOf(app, recorded),
    endpoint: endpointOf(app, recorded),
    postgres: chosen(postgres),
    redis: chosen(redis),
  };
}

function chosen([store, ...others]: readonly Store[]): Chosen | null {
  if (store === undefined) return null;
  const { because, questions } = store;
  if (others.length === 0) return { store, because, questions };
  const names = listed(others.map(({ operator, members: [first] }) => `${operator.name} with ${first?.metadata.name}`));
  return {
    store,
    because,
    questions: [...questions, `There is more than one: also ${names}. Which one does the app use?`],
  };
}

function noApp({ namespace, deployments, statefulSets }: ListedObjects): GamedayError {
  const sets = statefulSets.map(({ metadata }) => metadata.name);
  const seen =
    deployments.length === 0
      ? `no Deployment${sets.length === 0 ? "" : `, only StatefulSets: ${listed(sets)}`}`
      : `no Service that leads to ${listed(deployments.map(({ metadata }) => metadata.name))}`;
  return new GamedayError({
    code: "kubernetes-no-app",
    expected: `a Deployment behind a Service in namespace ${namespace}, whose pods serve users`,
    got: seen,
    hint: "a plan needs such a Deployment (platform.app); is this the right namespace?",
    exitCode: ExitCode.notReady,
  });
}

import { externalKind } from "../platform/external/kind.ts";
import { fakePlatform } from "../platform/fake.ts";
import type { PlatformKind } from "../platform/kind.ts";
import { kubernetesKind } from "../platform/kubernetes/kind.ts";
import { labKind } from "../platform/lab/kind.ts";

/** Every kind of platform that a plan can name; the only explicit list. */
export const PLATFORMS: readonly PlatformKind[] = [labKind, kubernetesKind, externalKind, fakePlatform];

export function platformKind(name: string): PlatformKind {
  const kind = PLATFORMS.find((each) => each.name === name);
  if (kind === undefined) throw new RangeError(`expected a kind of platform that was checked before, got "${name}"`);
  return kind;
}

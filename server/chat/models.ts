import type { Actor } from '#server/context';
import type { Deps } from '#server/deps';
import * as providerKeys from '#server/vault/provider-keys';

/** The models that may answer the actor, the default among them. */
export async function list(deps: Deps, actor: Actor) {
  const { items: keys } = await providerKeys.list(deps, actor);
  const items = deps.models.list(new Set(keys.map((key) => key.provider)));
  return { items: items.map((model) => ({ ...model, isDefault: model.id === deps.models.defaultId })) };
}

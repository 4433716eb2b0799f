import type { Db } from '#server/db/database';
import type { Models } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import * as providerKeys from '#server/vault/provider-keys';

/** Returns the models that the actor can use, with the default marked. */
export async function list(deps: { db: Db; models: Models }, actor: Actor) {
  const { items: keys } = await providerKeys.list(deps, actor);
  const items = deps.models.list(new Set(keys.map((key) => key.provider)));
  return { items: items.map((model) => ({ ...model, isDefault: model.id === deps.models.defaultId })) };
}

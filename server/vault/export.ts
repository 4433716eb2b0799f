import { and, asc, eq, gt } from 'drizzle-orm';
import { chats, messages } from '#server/db/schema';
import type { Actor } from '#server/context';
import type { Deps } from '#server/deps';
import { list as listApiKeys } from '#server/vault/api-keys';
import { audit, listSessions } from '#server/vault/account';
import { list as listProviderKeys } from '#server/vault/provider-keys';
import * as people from '#server/users/users';

const BATCH = 200;

/** Reads a list in batches, so that an account of any size needs little memory. */
async function* batches<Row>(read: (after: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row> {
  let after: Row | undefined;
  for (;;) {
    const rows = await read(after);
    yield* rows;
    after = rows.at(-1);
    if (rows.length < BATCH) return;
  }
}

/** The items as the members of a JSON array. */
async function* members(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let first = true;
  for await (const item of items) {
    yield `${first ? '' : ','}\n${JSON.stringify(item)}`;
    first = false;
  }
}

/**
 * Everything the actor owns, as the pieces of one JSON document: the account, sessions, keys without their secrets,
 * the audit trail, and every chat and message.
 */
export async function* exportData(deps: Deps, actor: Actor): AsyncGenerator<string, void, void> {
  const { db } = deps;
  const { userId } = actor;
  const whole = {
    exportedAt: new Date(),
    user: await people.get(deps, actor, userId),
    sessions: (await listSessions(deps, actor)).items,
    apiKeys: (await listApiKeys(deps, actor)).items,
    providerKeys: (await listProviderKeys(deps, actor)).items,
  };
  yield `${JSON.stringify(whole).slice(0, -1)},\n"audit":[`;
  yield* members(auditTrail(deps, actor));
  yield '],\n"chats":[';
  yield* members(
    batches<typeof chats.$inferSelect>((after) =>
      db
        .select()
        .from(chats)
        .where(and(eq(chats.userId, userId), after && gt(chats.id, after.id)))
        .orderBy(asc(chats.id))
        .limit(BATCH),
    ),
  );
  yield '],\n"messages":[';
  yield* members(
    batches<typeof messages.$inferSelect>((after) =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.userId, userId), after && gt(messages.id, after.id)))
        .orderBy(asc(messages.id))
        .limit(BATCH),
    ),
  );
  yield ']}\n';
}

async function* auditTrail(deps: Deps, actor: Actor) {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await audit(deps, actor, {
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

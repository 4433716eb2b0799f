import { expect } from '@jest/globals';
import { eq, inArray } from 'drizzle-orm';
import { PROVIDERS } from '#contract/models';
import type { Deps } from '#server/compose';
import { newId } from '#server/db/columns';
import {
  auditEvents,
  chats,
  importChats,
  imports,
  messages,
  oauthClients,
  projects,
  runs,
  searchPieces,
  sessions,
  usageDays,
  users,
} from '#server/db/schema/index';
import { newClient } from '#server/people/oauth/registered-clients';
import { type Api, type Person, signUp } from './caller.ts';
import { storeConnectedClient } from './oauth-client.ts';

/** The statement on Postgres that counts a call of a procedure with a limit of its own. */
export const COUNTED = (await openWorkerDatabase()).kind === 'postgres' ? 1 : 0;

/** Settings that let an owner have many rows. */
export const SETTINGS = {
  MAX_API_KEYS: '1000',
  MAX_OAUTH_CLIENTS: '1000',
  MAX_SESSIONS: '1000',
  MAX_PROJECTS: '1000',
};

/** A user whose lists all have at least `rows` rows. */
export interface Owner extends Person {
  /** An import of which `rows` chats have failed. */
  importId: string;
  projectId: string;
  rows: number;
}

/** Creates the objects of a call. @returns the call. */
export type Arrange = (owner: Owner) => Promise<(api: Api) => Promise<unknown>>;

/** Arranges a call that needs no other objects. */
export const plain =
  (call: (api: Api, owner: Owner) => Promise<unknown>): Arrange =>
  (owner) =>
    Promise.resolve((api) => call(api, owner));

/** Returns a question for `chat.send`. */
export const newMessage = (text: string) => ({
  clientRequestId: newId(),
  parts: [{ type: 'text' as const, text }],
});

/** Creates one value for each number from 1 to `rows`. */
const times = <T>(rows: number, create: (number: number) => T): T[] =>
  Array.from({ length: rows }, (_, index) => create(index + 1));

/** Fails if a list has fewer rows than expected. */
export async function expectRows(rows: number, list: Promise<{ items: unknown[] }>): Promise<void> {
  expect((await list).items.length).toBeGreaterThanOrEqual(rows);
}

/** Returns a file of which no chat can be imported. */
export const noChats = (rows: number) => JSON.stringify(times(rows, () => null));

/** Creates a chat with `rows` messages, questions and answers in turn. The last one has the status. */
export async function createChat(
  deps: Deps,
  owner: Owner,
  status: 'complete' | 'stopped' = 'complete',
  rows = owner.rows * 2,
) {
  const ids = times(rows, newId);
  const leafId = ids.at(-1) ?? '';
  const [chat] = await deps.db
    .insert(chats)
    .values({ userId: owner.id, title: 'Stars', leafId })
    .returning({ id: chats.id });
  const chatId = chat?.id ?? '';
  const place = { chatId, userId: owner.id };
  await deps.db.insert(messages).values(
    ids.map((id, index) => ({
      ...place,
      id,
      parentId: ids[index - 1] ?? null,
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      status: id === leafId ? status : ('complete' as const),
      parts: [{ type: 'text' as const, text: 'word' }],
    })),
  );
  await deps.db
    .insert(searchPieces)
    .values(ids.map((messageId) => ({ ...place, messageId, piece: 0, start: 0, size: 4, text: 'word' })));
  const run = { ...place, messageId: leafId, requestHash: '', model: 'guide', ownerId: deps.instanceId };
  const runId = newId();
  await deps.db.insert(runs).values({
    ...run,
    id: runId,
    clientRequestId: newId(),
    status,
    leaseExpiresAt: new Date(),
    finishedAt: new Date(),
  });
  return { id: chatId, questionId: ids.at(-2) ?? '', answerId: leafId, runId };
}

/**
 * Creates an admin who owns, or can list, `rows` users, sessions, keys, connected and registered
 * clients, audit events, projects, chats and days of usage.
 */
export async function createOwner(deps: Deps, rows: number): Promise<Owner> {
  const person = await signUp(deps);
  const userId = person.id;
  const importId = newId();
  const projectId = newId();
  const owner = { ...person, rows, importId, projectId };
  await deps.db.update(users).set({ role: 'admin' }).where(eq(users.id, userId));
  await deps.db.delete(auditEvents).where(eq(auditEvents.userId, userId));
  for (let i = 1; i <= rows; i++) await owner.api.protected.apiKeys.create({ name: 'key', scope: 'read' });
  for (let i = 1; i <= rows; i++) await storeConnectedClient(deps, userId);
  const registered = () => ({ ...newClient(false).row, redirectUris: [], userId });
  await deps.db.insert(oauthClients).values(times(rows, registered));
  const expiresAt = new Date(Date.now() + 60_000);
  const more = times(rows - 1, (i) => ({ userId, token: `${userId} ${i}`, expiresAt }));
  if (more.length > 0) await deps.db.insert(sessions).values(more);
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  await deps.db.insert(usageDays).values(times(rows, (i) => ({ userId, day: day(i - 1), runs: 1 })));
  for (const provider of PROVIDERS)
    await owner.api.protected.providerKeys.set({ provider, key: 'sk-12345678' });
  for (let i = 1; i <= rows; i++) await createChat(deps, owner, 'complete', 2);
  const projectIds = [projectId, ...times(rows - 1, newId)];
  await deps.db.insert(projects).values(projectIds.map((id) => ({ id, userId, name: 'Project' })));
  const ids = [importId, ...times(rows - 1, newId)];
  await deps.db.insert(imports).values(ids.map((id) => ({ id, userId, failed: id === importId ? rows : 0 })));
  await deps.db
    .insert(importChats)
    .values(
      times(rows, (number) => ({ importId, position: number - 1, title: '', size: 0, reason: 'wrong' })),
    );
  const others = times(rows - 1, () => ({ name: 'Somebody', email: `${newId()}@example.com` }));
  if (others.length > 0) await deps.db.insert(users).values(others);
  return owner;
}

/** Creates a chat whose messages before the last exchange are summarized. @returns its id. */
export async function createSummarized(deps: Deps, owner: Owner): Promise<string> {
  const { id, questionId } = await createChat(deps, owner, 'complete', 2 + 2 * owner.rows);
  const question = deps.db
    .select({ id: messages.parentId })
    .from(messages)
    .where(eq(messages.id, questionId));
  await deps.db.update(messages).set({ summary: 'A summary.' }).where(inArray(messages.id, question));
  return id;
}

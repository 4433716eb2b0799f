import { eq, ne } from 'drizzle-orm';
import { type Access, admissionRule } from '#server/access';
import { installation, users } from '#server/db/schema/index';
import { type Api, callAs } from './caller.ts';
import {
  type Account,
  signInAsGuest,
  caller,
  type Caller,
  newMessage,
  signIn,
  signUp,
  until,
} from './client.ts';
import { fileOf } from './files.ts';
import { forgetCounts } from './forget-counts.ts';
import { registerClient, requestQuery, storeConnectedClient } from './oauth-client.ts';
import type { Endpoint } from './procedures.ts';
import { createFor } from './samples.ts';
import { type ServedInstance, serveInstance } from './served.ts';

const MODELS = {
  normal: 'openai-compatible/normal',
  /** Its answers end early. */
  cut: 'openai-compatible/cut',
  /** Sends nothing for a minute. */
  endless: 'openai-compatible/slow-2x60000',
};

/** All kinds of callers, by increasing rights. The API keys belong to `user`. */
export const ACTORS = ['nobody', 'guest', 'another', 'readKey', 'writeKey', 'user', 'admin'] as const;
export type Actor = (typeof ACTORS)[number];

/** An instance with the same users and data each time it is created. */
export interface Fixture {
  instance: ServedInstance;
  actors: Record<Actor, Caller>;
  /** Creates the data for a call of a procedure. @returns the ids for its input, and a function that cleans up afterwards. */
  arrange: (endpoint: Endpoint) => Promise<{ ids: Record<string, string>; settle: () => Promise<void> }>;
  close: () => Promise<void>;
}

/** The IP address and user agent of all callers. */
const FROM = { 'x-forwarded-for': '203.0.113.7', 'user-agent': 'agreement' };

/** Creates a fixture without data of earlier ones. @param aiUrl the URL of a provider server. */
export async function createFixture(aiUrl: string): Promise<Fixture> {
  let adminCode = '';
  const instance = await serveInstance({
    print: (line) => {
      adminCode = /code in its settings: (\S+)/.exec(line)?.[1] ?? adminCode;
    },
    settings: {
      TRUST_PROXY: 'true',
      AI_BASE_URL: aiUrl,
      AI_MODEL: MODELS.normal,
      AI_MODELS: [MODELS.cut, MODELS.endless].join(','),
    },
  });
  const { url, deps } = instance;
  await deps.db.delete(users);
  await forgetCounts(deps.database);
  deps.authenticator.invalidateAll();
  const register = (name: string) => signUp(url, { name, email: `${name}@example.com`, headers: FROM });
  const admin = await register('root');
  await deps.db.update(users).set({ role: 'admin' }).where(eq(users.id, admin.id));
  const user = await register('ada');
  const another = await register('bob');
  const as = ({ headers }: Pick<Caller, 'headers'>) => caller(url, { ...headers, ...FROM });
  const api = callAs(deps, new Headers(as(user).headers));
  const key = async (scope: 'read' | 'write') => {
    const created = await api.protected.apiKeys.create({ name: scope, scope });
    return as({ headers: { authorization: `Bearer ${created.key}` } });
  };
  await api.chat.create({ title: 'Kept', clientId: 'kept' });
  /** Removes the claimed role again, because later calls need a user without it. */
  const arrangeClaim = () =>
    Promise.resolve({
      ids: { code: adminCode },
      async settle() {
        await deps.db.update(users).set({ role: 'user' }).where(ne(users.id, admin.id));
        deps.authenticator.invalidateAll();
      },
    });
  return {
    instance,
    actors: {
      nobody: as({ headers: {} }),
      guest: as(await signInAsGuest(url)),
      another: as(another),
      readKey: await key('read'),
      writeKey: await key('write'),
      user: as(user),
      admin: as(admin),
    },
    arrange: (endpoint) =>
      endpoint.name === 'protected.claimAdmin'
        ? arrangeClaim()
        : arrange(endpoint, { instance, user: { ...user, ...as(user) }, api }),
    async close() {
      await deps.runs.drain(0);
      await deps.db.delete(installation).where(eq(installation.fact, 'first-account'));
      await instance.close();
    },
  };
}

interface Owner {
  instance: ServedInstance;
  user: Account;
  api: Api;
}

const nothingToSettle = () => Promise.resolve();

async function arrange(endpoint: Endpoint, owner: Owner) {
  const { name, procedure, inputFields } = endpoint;
  const { access } = admissionRule(name, procedure);
  const { user, api } = owner;
  const [router = ''] = name.split(/\.\w+$/);
  if (inputFields.has('chatId') || name.startsWith('chat.')) return arrangeChat(endpoint, api);
  if (name === 'protected.clients.request') {
    const query = requestQuery(await registerClient(owner.instance.deps));
    return { ids: { query }, settle: nothingToSettle };
  }
  if (!inputFields.has('id')) return { ids: {}, settle: nothingToSettle };
  const id = await (MAKERS[router]?.(owner, access) ?? createFor(endpoint, user));
  return { ids: { id }, settle: nothingToSettle };
}

/** Creates the object of the field `id`, by router, for routers whose `create` does not. */
const MAKERS: Record<string, (owner: Owner, access: Access) => Promise<string>> = {
  async users({ instance, user }, access) {
    if (access !== 'admin') return user.id;
    const { db } = instance.deps;
    const email = 'somebody@example.com';
    await db.delete(users).where(eq(users.email, email));
    const [row] = await db.insert(users).values({ name: 'Somebody', email }).returning({ id: users.id });
    return row?.id ?? '';
  },
  'protected.clients': ({ instance, user }) => storeConnectedClient(instance.deps, user.id),
  async 'protected.sessions'({ instance, user, api }) {
    // A call may have changed the email.
    const { email } = await api.users.me();
    const { rpc } = await signIn(instance.url, { ...user, email });
    return (await rpc.protected.get.query()).session?.id ?? '';
  },
};

/** Procedures that need a chat whose answer is not complete. */
const STATES: Record<string, keyof typeof MODELS | undefined> = {
  'chat.stop': 'endless',
  'chat.continue': 'cut',
};

/** Creates a project. @returns its id, as the field of a procedure. */
async function projectIds(name: string, api: Api) {
  const { items } = await api.chat.projects.list({ limit: 100 });
  for (const { id } of items) await api.chat.projects.delete({ id });
  const { id } = await api.chat.projects.create({ name: 'A project' });
  return name.startsWith('chat.projects.') ? { id } : { projectId: id };
}

/** Creates a chat with a question and its answer. For `chat.stop`, the answer is still in progress. */
async function arrangeChat({ name, inputFields }: Endpoint, api: Api) {
  const state = STATES[name] ?? 'normal';
  const { id } = await api.chat.create({ title: 'Asked', model: MODELS[state] });
  const idle = async () =>
    until(
      () => api.chat.get({ id }),
      ({ activeRunId }) => activeRunId === null,
    );
  const { runId } = await api.chat.send({ chatId: id, ...newMessage('What do you know?') });
  if (state !== 'endless') await idle();
  // The last exchange is not summarized.
  if (name === 'chat.summarize') {
    await api.chat.send({ chatId: id, ...newMessage('And what else?') });
    await idle();
  }
  const [question, answer] = (await api.chat.messages({ chatId: id })).items;
  const message = name === 'chat.regenerate' ? answer : question;
  const isShared = name === 'chat.shares.revoke' || name === 'chat.shares.get';
  const share = isShared && { token: (await api.chat.shares.set({ chatId: id })).token };
  const isImport = name.startsWith('chat.imports.');
  const imported = isImport && { importId: (await api.chat.imports.create({ content: '[]' })).id };
  const isOfProject = name.startsWith('chat.projects.') || inputFields.has('projectId');
  const project = isOfProject && (await projectIds(name, api));
  const isFile = name.startsWith('chat.files.');
  const file = isFile && { fileId: (await api.chat.files.create({ file: fileOf('a.txt', 'text') })).id };
  async function settle() {
    const { items } = await api.chat.list({ limit: 100 });
    if (!items.some((chat) => chat.id === id)) return;
    if (state === 'endless') await api.chat.stop({ chatId: id });
    await idle();
    await api.chat.delete({ id });
  }
  // A stream rejects the id of an event that the run does not have.
  return {
    ids: {
      id,
      chatId: id,
      messageId: message?.id ?? '',
      runId,
      lastEventId: '0',
      ...share,
      ...imported,
      ...project,
      ...file,
    },
    settle,
  };
}

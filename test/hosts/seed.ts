import { type Provider, PROVIDERS } from '#contract/models';
import { admissionRule } from '#server/access';
import {
  type Account,
  answered,
  signInAsGuest,
  caller,
  type Caller,
  idOf,
  newMessage,
  signIn,
  signUp,
  signUpAdmin,
  until,
  withKey,
} from '#test/client';
import { uploadFile } from '#test/files';
import type { Actor } from '#test/fixture';
import { connect, registerItself, requestQuery } from '#test/oauth-client';
import { type Endpoint, type Input, procedures } from '#test/procedures';
import { createFor } from '#test/samples';

/** Ways to call. Each way changes its own objects. */
export const WAYS = ['RPC', 'batch', 'REST'] as const;
export type Way = (typeof WAYS)[number];

/** The callers. `leaver` deletes the account. */
export type Person = Actor | 'leaver';

/** The data of an installation before the calls. */
export interface Seed {
  /** Returns the headers of a caller. */
  headersOf: (person: Person) => Caller['headers'];
  /** The list of all API keys, as JSON. */
  keys: string;
  /** Returns the fields of a procedure's input that name objects of the seed. */
  inputFor: (endpoint: Endpoint, way: Way) => Input;
}

/** The IP address and user agent of all callers. */
export const FROM = { 'x-forwarded-for': '203.0.113.7', 'user-agent': 'hosts' };

const MODELS = { normal: 'openai-compatible/normal', cut: 'openai-compatible/cut' };

/** Returns the settings of a server for a seed. @param aiUrl the URL of a provider server. */
export const seedSettings = (aiUrl: string): Record<string, string> => ({
  TRUST_PROXY: 'true',
  AI_BASE_URL: aiUrl,
  AI_MODEL: MODELS.normal,
  AI_MODELS: MODELS.cut,
  MCP_DYNAMIC_REGISTRATION: 'true',
});

/** Creates a chat with a question and its answer, which is incomplete for `chat.continue`. */
async function createChat(as: Caller, name: string): Promise<Input> {
  const model = name === 'chat.continue' ? MODELS.cut : MODELS.normal;
  const { id } = await as.rpc.chat.create.mutate({ title: `For ${name}`, model });
  const { runId } = await as.rpc.chat.send.mutate({ chatId: id, ...newMessage('What do you know?') });
  const [question, answer] = await answered(as, id);
  // The last exchange is not summarized.
  if (name === 'chat.summarize') {
    await as.rpc.chat.send.mutate({ chatId: id, ...newMessage('And what else?') });
    await answered(as, id);
  }
  const message = name === 'chat.regenerate' ? answer : question;
  const isShared = name === 'chat.shares.revoke' || name === 'chat.shares.get';
  const share = isShared && { token: (await as.rpc.chat.shares.set.mutate({ chatId: id })).token };
  const isImport = name.startsWith('chat.imports.');
  const imported = isImport && { importId: (await as.rpc.chat.imports.create.mutate({ content: '[]' })).id };
  const isFile = name.startsWith('chat.files.');
  const file = isFile && { fileId: idOf(await uploadFile(as, 'a.txt', 'text')) };
  return {
    id,
    chatId: id,
    messageId: message?.id ?? '',
    runId,
    lastEventId: '0',
    ...share,
    ...imported,
    ...file,
  };
}

/** The provider and the list limit of each way. */
const FIELDS: Record<Way, { provider: Provider; limit: number }> = {
  RPC: { provider: 'openai', limit: 100 },
  batch: { provider: 'anthropic', limit: 20 },
  REST: { provider: 'google', limit: 2 },
};

let otherUsers = 0;

/** Creates the object of the field `id`, by router, for routers whose `create` does not. */
const MAKERS: Record<string, (admin: Caller, user: Account, endpoint: Endpoint) => Promise<string>> = {
  async users(admin, user, { name, procedure }) {
    if (admissionRule(name, procedure).access !== 'admin') return user.id;
    const email = `somebody.${++otherUsers}@example.com`;
    return (await admin.rpc.users.create.mutate({ name: 'Somebody', email, password: 'correct horse' })).id;
  },
  async 'protected.clients'({ url }, user) {
    const clientId = await registerItself(url);
    await connect(user, { clientId });
    const { items } = await user.rpc.protected.clients.list.query({ limit: 100 });
    return items.at(-1)?.id ?? '';
  },
  async 'protected.sessions'({ url }, user) {
    return (await (await signIn(url, user)).rpc.protected.get.query()).session?.id ?? '';
  },
};

async function createTarget(admin: Caller, user: Account, endpoint: Endpoint): Promise<Input> {
  const target = await createObject(admin, user, endpoint);
  if (!endpoint.inputFields.has('projectId')) return target;
  return { ...target, projectId: (await user.rpc.chat.projects.create.mutate({ name: 'A project' })).id };
}

async function createObject(admin: Caller, user: Account, endpoint: Endpoint): Promise<Input> {
  const { name, inputFields } = endpoint;
  const [router = ''] = name.split(/\.\w+$/);
  if (
    ['chatId', 'runId', 'token', 'importId', 'fileId', ...(router === 'chat' ? ['id'] : [])].some((field) =>
      inputFields.has(field),
    )
  )
    return createChat(user, name);
  if (name === 'protected.clients.request') return { query: requestQuery(await registerItself(user.url)) };
  if (!inputFields.has('id')) return {};
  return { id: await (MAKERS[router]?.(admin, user, endpoint) ?? createFor(endpoint, user)) };
}

/** Creates accounts and their data on an empty installation, by calling it. */
export async function seed(server: { url: string; log: () => string }): Promise<Seed> {
  const { url } = server;
  const fieldsOf = (name: string) => ({ name, email: `${name}@example.com`, headers: FROM });
  const register = (name: string) => signUp(url, fieldsOf(name));
  const admin = await signUpAdmin(server, fieldsOf('root'));
  const user = await register('ada');
  const { rpc } = user;
  const key = async (scope: 'read' | 'write') => {
    const agent = withKey(url, (await rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key);
    // The server records the use of a key in the background.
    await until(
      () => agent.rpc.protected.get.query(),
      ({ apiKey }) => apiKey?.lastUsedAt != null,
    );
    return agent;
  };
  for (const provider of PROVIDERS) {
    await rpc.protected.providerKeys.set.mutate({ provider, key: 'sk-1234567890' });
  }
  const targets = new Map<string, Input>();
  for (const endpoint of procedures) {
    for (const way of WAYS) {
      const call = `${way}:${endpoint.name}`;
      const target = await createTarget(admin, user, endpoint);
      targets.set(call, { ...FIELDS[way], clientRequestId: call, ...target });
    }
  }
  const people: Record<Person, Caller> = {
    nobody: caller(url),
    guest: await signInAsGuest(url),
    another: await register('bob'),
    readKey: await key('read'),
    writeKey: await key('write'),
    user,
    admin,
    leaver: await register('leaver'),
  };
  return {
    keys: JSON.stringify(await rpc.protected.apiKeys.list.query({})),
    headersOf: (person) => ({ ...people[person].headers, ...FROM }),
    inputFor: ({ name }, way) => targets.get(`${way}:${name}`) ?? {},
  };
}

import { type Provider, PROVIDERS } from '#contract/models';
import { admissionRule } from '#server/access';
import {
  type Account,
  answered,
  signInAsGuest,
  caller,
  type Caller,
  newMessage,
  signIn,
  signUp,
  signUpAdmin,
  until,
  withKey,
} from '#test/client';
import type { Actor } from '#test/fixture';
import { type Endpoint, type Input, procedures } from '#test/procedures';
import { createFor } from '#test/samples';

/** Ways to call. Each has things of its own to change. */
export const WAYS = ['RPC', 'batch', 'REST'] as const;
export type Way = (typeof WAYS)[number];

/** Those who call; `leaver` is there to go. */
export type Person = Actor | 'leaver';

/** What there is before anything is compared. */
export interface Seed {
  /** What somebody calls with. */
  headersOf: (person: Person) => Caller['headers'];
  /** Everything that is told of API keys. */
  keys: string;
  /** What a procedure is called about: fields of its input. */
  inputFor: (endpoint: Endpoint, way: Way) => Input;
}

/** All hosts take this for the address of whoever calls. */
export const FROM = { 'x-forwarded-for': '203.0.113.7', 'user-agent': 'hosts' };

const MODELS = { normal: 'openai-compatible/normal', cut: 'openai-compatible/cut' };

/** The settings of a server for a seed. @param aiUrl a provider server's. */
export const seedSettings = (aiUrl: string): Record<string, string> => ({
  TRUST_PROXY: 'true',
  AI_BASE_URL: aiUrl,
  AI_MODEL: MODELS.normal,
  AI_MODELS: MODELS.cut,
});

/** A chat in which something was said, and is answered; not to its end where that is what the procedure is about. */
async function makeChat(as: Caller, name: string): Promise<Input> {
  const model = name === 'chat.continue' ? MODELS.cut : MODELS.normal;
  const { id } = await as.rpc.chat.create.mutate({ title: `For ${name}`, model });
  const { runId } = await as.rpc.chat.send.mutate({ chatId: id, ...newMessage('What do you know?') });
  const [question, answer] = await answered(as, id);
  const message = name === 'chat.regenerate' ? answer : question;
  return { id, chatId: id, messageId: message?.id ?? '', runId, lastEventId: '0' };
}

/** What is asked for in each way: whose key, and how much of a list. */
const FIELDS: Record<Way, { provider: Provider; limit: number }> = {
  RPC: { provider: 'openai', limit: 100 },
  batch: { provider: 'anthropic', limit: 20 },
  REST: { provider: 'google', limit: 2 },
};

let somebodies = 0;

/** What the field `id` stands for, by router, where `create` does not make it. */
const MAKERS: Record<string, (admin: Caller, user: Account, endpoint: Endpoint) => Promise<string>> = {
  async users(admin, user, { name, procedure }) {
    if (admissionRule(name, procedure).access !== 'admin') return user.id;
    const email = `somebody.${++somebodies}@example.com`;
    return (await admin.rpc.users.create.mutate({ name: 'Somebody', email, password: 'correct horse' })).id;
  },
  async 'protected.sessions'({ url }, user) {
    return (await (await signIn(url, user)).rpc.protected.get.query({})).session?.id ?? '';
  },
};

async function makeTarget(admin: Caller, user: Account, endpoint: Endpoint): Promise<Input> {
  const { name, inputFields } = endpoint;
  const [router = ''] = name.split(/\.\w+$/);
  if (inputFields.has('chatId') || (router === 'chat' && inputFields.has('id'))) return makeChat(user, name);
  if (!inputFields.has('id')) return {};
  return { id: await (MAKERS[router]?.(admin, user, endpoint) ?? createFor(endpoint, user)) };
}

/** Makes people and what they have on an empty installation, by calling it. */
export async function seed(server: { url: string; log: () => string }): Promise<Seed> {
  const { url } = server;
  const called = (name: string) => ({ name, email: `${name}@example.com`, headers: FROM });
  const enter = (name: string) => signUp(url, called(name));
  const admin = await signUpAdmin(server, called('root'));
  const user = await enter('ada');
  const { rpc } = user;
  const key = async (scope: 'read' | 'write') => {
    const made = withKey(url, (await rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key);
    // That it was used is written down while nobody waits.
    await until(
      () => made.rpc.protected.get.query({}),
      ({ apiKey }) => apiKey?.lastUsedAt != null,
    );
    return made;
  };
  for (const provider of PROVIDERS) {
    await rpc.protected.providerKeys.set.mutate({ provider, key: 'sk-1234567890' });
  }
  const targets = new Map<string, Input>();
  for (const endpoint of procedures) {
    for (const way of WAYS) {
      const call = `${way}:${endpoint.name}`;
      const made = await makeTarget(admin, user, endpoint);
      targets.set(call, { ...FIELDS[way], clientRequestId: call, ...made });
    }
  }
  const people: Record<Person, Caller> = {
    nobody: caller(url),
    guest: await signInAsGuest(url),
    another: await enter('bob'),
    readKey: await key('read'),
    writeKey: await key('write'),
    user,
    admin,
    leaver: await enter('leaver'),
  };
  return {
    keys: JSON.stringify(await rpc.protected.apiKeys.list.query({})),
    headersOf: (person) => ({ ...people[person].headers, ...FROM }),
    inputFor: ({ name }, way) => targets.get(`${way}:${name}`) ?? {},
  };
}

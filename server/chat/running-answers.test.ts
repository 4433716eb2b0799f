import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { isActive, runs } from '#server/db/schema/index';
import { until } from '#test/answers';
import { callAs, type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

const PER_USER = 4;
const PER_ADDRESS = 6;
const PER_INSTANCE = 9;

let provider: ScriptedProvider;
let deps: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_ANSWERS_PER_USER: String(PER_USER),
    AI_ANSWERS_PER_ADDRESS: String(PER_ADDRESS),
    AI_ANSWERS_PER_INSTANCE: String(PER_INSTANCE),
  };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

let questions = 0;
async function ask({ api }: Pick<Person, 'api'>) {
  const { id: chatId } = await api.chat.create({ title: 'Test' });
  return api.chat.send({
    chatId,
    clientRequestId: `q-${++questions}`,
    parts: [{ type: 'text', text: 'Go!' }],
  });
}

const running = (person: Person) =>
  deps.db.$count(runs, sql`${runs.userId} = ${person.id} and ${isActive(runs)}`);

/** Sends many questions at once. @returns how many started an answer, and the errors of the others. */
async function askOften(count: number, asker: (index: number) => Pick<Person, 'api'>) {
  const results = await Promise.allSettled(Array.from({ length: count }, (_, index) => ask(asker(index))));
  const failures = results.flatMap((result): unknown[] =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  return { started: results.length - failures.length, failures };
}

async function endAll(): Promise<void> {
  const exchanges = await Promise.all(Array.from({ length: deps.runs.activeCount() }, () => provider.next()));
  for (const exchange of exchanges) exchange.finish();
  await until(() => deps.runs.activeCount() === 0);
}

const tooMany = (detail: RegExp) =>
  expect.objectContaining({
    kind: 'TOO_MANY_REQUESTS',
    message: expect.stringMatching(detail),
    options: expect.objectContaining({ retryAfter: 5 }),
  });

test('40 simultaneous sends of one user start AI_ANSWERS_PER_USER answers, and another may start when one ends', async () => {
  const ada = await signUp(deps);
  const { started, failures } = await askOften(40, () => ada);
  expect(started).toBe(PER_USER);
  expect(failures).toEqual(failures.map(() => tooMany(/answers are being written for you|This server/)));
  expect(await running(ada)).toBe(PER_USER);
  expect(deps.runs.activeCount()).toBe(PER_USER);
  (await provider.next()).finish();
  await until(async () => (await running(ada)) < PER_USER);
  await ask(ada);
  await expect(ask(ada)).rejects.toEqual(tooMany(/4 answers/));
  await endAll();
});

test('the limit per user counts answers on other instances', async () => {
  const ada = await signUp(deps);
  for (let i = 0; i < PER_USER; i++) await ask(ada);
  await deps.db.update(runs).set({ ownerId: 'another' }).where(eq(runs.userId, ada.id));
  await expect(ask(ada)).rejects.toEqual(tooMany(/answers are being written for you/));
  await deps.db.update(runs).set({ ownerId: deps.instanceId }).where(eq(runs.userId, ada.id));
  await endAll();
});

test('guests of one IP address share a limit, which does not apply to users', async () => {
  const guests = await Promise.all(Array.from({ length: 4 }, () => signInAsGuest(deps)));
  const guest = (index: number): Person => {
    const found = guests[index % guests.length];
    if (!found) throw new Error('No such guest.');
    return found;
  };
  const { started, failures } = await askOften(12, guest);
  expect(started).toBe(PER_ADDRESS);
  expect(failures).toEqual(failures.map(() => tooMany(/guests of your network|for you/)));
  await ask(await signUp(deps));
  await endAll();
  await ask(guest(0));
  await endAll();
});

test('an instance writes at most AI_ANSWERS_PER_INSTANCE answers, and failed starts release their place', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => signUp(deps)));
  const { started, failures } = await askOften(16, (index) => people[index % 4] ?? { api: callAs(deps) });
  expect(started).toBe(PER_INSTANCE);
  expect(failures).toEqual(failures.map(() => tooMany(/This server is writing as many answers/)));
  await endAll();
  // A missing chat: each call takes a place and releases it.
  const [ada] = people;
  for (let i = 0; i <= PER_INSTANCE; i++) {
    await expect(
      ada?.api.chat.send({
        chatId: 'none',
        clientRequestId: `none-${i}`,
        parts: [{ type: 'text', text: 'x' }],
      }),
    ).rejects.toMatchObject({ kind: 'NOT_FOUND' });
  }
  if (ada) await ask(ada);
  await endAll();
});

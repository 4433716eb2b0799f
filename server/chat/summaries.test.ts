import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats } from '#server/db/schema/index';
import { finished, until } from '#test/answers';
import { failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type ProviderServer, startProviderServer } from '#test/provider-server';

/** The context of `normal` has 2,000 tokens, so the input may have 1,500, and 4,500 bytes. */
const CONTEXT = 'openai-compatible/normal';
/** Rejects requests with more than 3,000 characters. Its context is not known. */
const REJECTING = 'openai-compatible/context-3000';
const FAILING = 'openai-compatible/error-503';
const EMPTY = 'openai-compatible/empty';
const LONG = 'openai-compatible/slow-4000x0';
const SLOW = 'openai-compatible/slow-20x50';

let provider: ProviderServer;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startProviderServer();
  deps = await startInstance({
    settings: {
      AI_MODEL: CONTEXT,
      AI_MODELS: [REJECTING, FAILING, EMPTY, LONG, SLOW].join(','),
      AI_BASE_URL: provider.url,
      AI_CONTEXT_TOKENS: [CONTEXT, SLOW, LONG].map((id) => `${id}=2000`).join(','),
    },
  });
  ada = await signUp(deps);
});

beforeEach(() => void provider.requests.splice(0));
afterAll(() => provider.close());

/** A question of 900 characters that begins with its number. */
const question = (number: number) => `Q${number} ${'x'.repeat(897)}`;

async function ask(chatId: string, text: string): Promise<void> {
  const { runId } = await ada.api.chat.send({ chatId, parts: [{ type: 'text', text }] });
  await finished(deps, runId);
}

/** Creates a chat with answers to `count` questions, and returns its id. */
async function chatWith(count: number, model = CONTEXT): Promise<string> {
  const { id } = await ada.api.chat.create({ title: 'Long' });
  for (let number = 1; number <= count; number++) await ask(id, question(number));
  await ada.api.chat.update({ id, model });
  provider.requests.splice(0);
  return id;
}

const messagesOf = async (chatId: string) => (await ada.api.chat.messages({ chatId, limit: 100 })).items;

/** Returns the texts of the questions that a model got in one request. */
const textsOf = (request: ProviderServer['requests'][number] | undefined) =>
  (request?.body.messages ?? []).flatMap(({ role, content }) => (role === 'user' ? [String(content)] : []));

const numbersIn = (text: string) => [...text.matchAll(/Q(\d+) x/g)].map(([, number]) => Number(number));

/** Returns the text of an answer of the model `normal`. */
const ANSWER = 'word1 word2 word3 word4 word5';

describe('chat.summarize', () => {
  test('summarizes all but the last exchange in pieces that fit, and the model gets the summary from then on', async () => {
    const chatId = await chatWith(6);
    const result = await ada.api.chat.summarize({ chatId });
    const pieces = provider.requests.flatMap(textsOf);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.flatMap(numbersIn)).toEqual([1, 2, 3, 4, 5]);
    expect(
      pieces.slice(1).every((piece) => piece.startsWith(`Summary of earlier messages:\n${ANSWER}\n`)),
    ).toBe(true);
    for (const { body } of provider.requests) expect(JSON.stringify(body.messages).length).toBeLessThan(4600);

    const before = await messagesOf(chatId);
    expect(before).toHaveLength(12);
    expect(result).toEqual({ status: 'complete', messageId: before[9]?.id, summary: ANSWER });
    expect(before.map(({ summary }) => summary)).toEqual([...Array(9).fill(null), ANSWER, null, null]);

    provider.requests.splice(0);
    await ask(chatId, question(7));
    const sent = textsOf(provider.requests[0]);
    expect(sent.map(numbersIn)).toEqual([[6], [7]]);
    expect(sent[0]).toMatch(
      new RegExp(`^<summary_of_earlier_messages>\n${ANSWER}\n</summary_of_earlier_messages>\n\nQ6 `),
    );
    expect((await messagesOf(chatId)).at(-1)?.contextFromId).toBeNull();
  });

  test('includes the former summary when the memory of the model has moved on', async () => {
    const chatId = await chatWith(4);
    const first = await ada.api.chat.summarize({ chatId });
    for (let number = 5; number <= 9; number++) await ask(chatId, question(number));
    const moved = await messagesOf(chatId);
    // The summary is sent although messages after it are left out.
    const start = moved.findIndex(({ id }) => id === moved.at(-1)?.contextFromId);
    expect(start).toBeGreaterThan(6);
    expect(textsOf(provider.requests.at(-1))[0]).toContain(`<summary_of_earlier_messages>\n${ANSWER}`);
    provider.requests.splice(0);
    const second = await ada.api.chat.summarize({ chatId });
    expect(second.messageId).not.toBe(first.messageId);
    const pieces = provider.requests.flatMap(textsOf);
    expect(pieces[0]).toMatch(/^Summary of earlier messages:\nword1/);
    expect(pieces.flatMap(numbersIn)).toEqual([4, 5, 6, 7, 8]);
  });

  test('is not used by branches that leave the conversation before its end', async () => {
    const chatId = await chatWith(4);
    await ada.api.chat.summarize({ chatId });
    provider.requests.splice(0);
    const [, , second, , third] = await messagesOf(chatId);
    for (const { id = '' } of [{ ...second }, { ...third }]) {
      const parts = [{ type: 'text' as const, text: 'Other?' }];
      const { runId } = await ada.api.chat.edit({ chatId, messageId: id, parts });
      await finished(deps, runId);
    }
    expect(provider.requests.map(textsOf).map((texts) => texts.map(numbersIn).flat())).toEqual([[1], [1, 2]]);
    expect(JSON.stringify(provider.requests)).not.toContain('summary_of_earlier');
    // Back on the summarized branch.
    await ada.api.chat.selectBranch({ chatId, messageId: third?.id ?? '' });
    await ask(chatId, question(5));
    expect(textsOf(provider.requests.at(-1)).map(numbersIn)).toEqual([[4], [5]]);
  });

  test('writes one summary for calls at the same time, and returns it to later ones', async () => {
    const chatId = await chatWith(3);
    await ada.api.chat.update({ id: chatId, model: SLOW });
    const call = () => ada.api.chat.summarize({ chatId });
    const results = await Promise.all([call(), call(), call()]);
    results.push(await call());
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results.at(-1)?.status).toBe('complete');
    expect(provider.requests).toHaveLength(1);
  });

  test('counts as an answer in progress, for which the maintenance mode waits', async () => {
    const chatId = await chatWith(3, SLOW);
    const call = ada.api.chat.summarize({ chatId });
    await until(() => provider.requests.length > 0);
    expect(deps.maintenance.activity().answers).toBe(1);
    await call;
    expect(deps.maintenance.activity().answers).toBe(0);
  });

  test('makes the pieces smaller if the provider rejects them as too long', async () => {
    const chatId = await chatWith(6, REJECTING);
    expect(await ada.api.chat.summarize({ chatId })).toMatchObject({ status: 'complete', summary: ANSWER });
    const pieces = provider.requests.flatMap(textsOf).filter((piece) => piece.length < 2900);
    expect([...new Set(pieces.flatMap(numbersIn))]).toEqual([1, 2, 3, 4, 5]);
  });

  test('leads on from an answer for which the conversation was too long', async () => {
    const chatId = await chatWith(3);
    await ada.api.chat.update({ id: chatId, model: FAILING });
    await ask(chatId, question(4));
    await ada.api.chat.update({ id: chatId, model: CONTEXT });
    provider.requests.splice(0);
    const { messageId } = await ada.api.chat.summarize({ chatId });
    expect(messageId).toBe((await messagesOf(chatId))[5]?.id);
    const { runId } = await ada.api.chat.regenerate({ chatId });
    await finished(deps, runId);
    expect(textsOf(provider.requests.at(-1)).map(numbersIn)).toEqual([[4]]);
  });

  async function used(): Promise<number> {
    const [day] = (await ada.api.protected.usage({})).items;
    return (day?.inputTokens ?? 0) + (day?.outputTokens ?? 0);
  }

  test('counts its tokens, but is no answer', async () => {
    const chatId = await chatWith(4);
    const usedToday = async () => {
      const [day] = (await ada.api.protected.usage({})).items;
      return { runs: day?.runs, tokens: day?.models.find(({ model }) => model === CONTEXT)?.outputTokens };
    };
    const before = await usedToday();
    await ada.api.chat.summarize({ chatId });
    const after = await usedToday();
    expect(after).toEqual({ runs: before.runs, tokens: (before.tokens ?? 0) + 5 * provider.requests.length });
  });

  test.each([
    ['for any call', 100],
    ['for the messages', 2000],
  ])('fails if the quota has too few tokens %s, and keeps what is left', async (_, left) => {
    const chatId = await chatWith(3);
    const dailyTokens = (await used()) + left;
    await ada.api.users.setQuota({ id: ada.id, dailyTokens });
    expect(await failureOf(ada.api.chat.summarize({ chatId }))).toBe('QUOTA_EXCEEDED');
    expect(provider.requests).toEqual([]);
    expect(dailyTokens - (await used())).toBe(left);
    await ada.api.users.setQuota({ id: ada.id, dailyTokens: null });
  });

  test('waits for another instance, and goes on if that one dies', async () => {
    const chatId = await chatWith(3);
    const lease = sql`now() + interval '1.5 seconds'`;
    await deps.db.update(chats).set({ summarizingUntil: lease }).where(eq(chats.id, chatId));
    const started = Date.now();
    expect((await ada.api.chat.summarize({ chatId })).status).toBe('complete');
    expect(Date.now() - started).toBeGreaterThan(1000);
  });

  test.each([
    [FAILING, 'MODEL_UNAVAILABLE'],
    [EMPTY, 'MODEL_BAD_RESPONSE'],
    [LONG, 'MODEL_BAD_RESPONSE'],
    ['guide', 'CONFLICT'],
  ])('fails with %s: %s, changes nothing, and can be repeated', async (model, code) => {
    const chatId = await chatWith(3, model);
    expect(await failureOf(ada.api.chat.summarize({ chatId }))).toBe(code);
    expect((await messagesOf(chatId)).every(({ summary }) => summary === null)).toBe(true);
    await ada.api.chat.update({ id: chatId, model: CONTEXT });
    expect((await ada.api.chat.summarize({ chatId })).status).toBe('complete');
  });

  test('fails without an earlier exchange, while an answer is written, and for the chat of somebody else', async () => {
    const chatId = await chatWith(1);
    expect(await failureOf(ada.api.chat.summarize({ chatId }))).toBe('CONFLICT');
    const eve = await signUp(deps);
    expect(await failureOf(eve.api.chat.summarize({ chatId }))).toBe('NOT_FOUND');
    await ada.api.chat.update({ id: chatId, model: SLOW });
    const { runId } = await ada.api.chat.send({ chatId, parts: [{ type: 'text', text: 'And?' }] });
    expect(await failureOf(ada.api.chat.summarize({ chatId }))).toBe('RUN_ACTIVE');
    await finished(deps, runId);
  });

  test('is in the export and in a copy of the chat, but not in a shared one', async () => {
    const chatId = await chatWith(3);
    const { summary } = await ada.api.chat.summarize({ chatId });
    const last = (await messagesOf(chatId)).at(-1);
    const copy = await ada.api.chat.fork({ chatId, messageId: last?.id ?? '' });
    expect((await messagesOf(copy.id)).map((message) => message.summary)).toEqual([
      null,
      null,
      null,
      summary,
      null,
      null,
    ]);
    let document = '';
    for await (const chunk of await ada.api.chat.export({ id: chatId })) document += chunk;
    expect(document).toContain(`"summary":"${ANSWER}"`);
    const { token } = await ada.api.chat.shares.set({ chatId });
    const shared = await ada.api.chat.shares.get({ token, limit: 100 });
    expect(shared.items).toHaveLength(6);
    expect(JSON.stringify(shared)).not.toContain('summary');
  });
});

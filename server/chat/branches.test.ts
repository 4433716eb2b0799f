import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deps } from '#server/compose';
import { CONTINUE } from '#server/models/continue';
import { finished, textOfChunks, textOfMessage, untilShown } from '#test/answers';
import { failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings });
  ada = await signUp(deps);
});

afterAll(() => provider.close());

const text = (value: string) => [{ type: 'text' as const, text: value }];
let requests = 0;
const clientRequestId = () => `request-${++requests}`;

/** Lets the model answer the run that was just started. */
async function answer(run: Promise<{ runId: string }>, reply: string): Promise<void> {
  const { runId } = await run;
  const exchange = await provider.next();
  await exchange.say(reply);
  exchange.finish();
  await finished(deps, runId);
}

const ask = (chatId: string, question: string) =>
  ada.api.chat.send({ chatId, clientRequestId: clientRequestId(), parts: text(question) });

const shown = async (chatId: string) => (await ada.api.chat.messages({ chatId, limit: 100 })).items;
const texts = async (chatId: string) => (await shown(chatId)).map(textOfMessage);

async function conversation(): Promise<string> {
  const { id } = await ada.api.chat.create({ title: 'Test' });
  await answer(ask(id, 'one?'), 'one.');
  await answer(ask(id, 'two?'), 'two.');
  return id;
}

describe('branches', () => {
  test('an edited question starts a new branch, and the old branch can be selected again', async () => {
    const chatId = await conversation();
    const [, , second] = await shown(chatId);
    const messageId = second?.id ?? '';
    await answer(
      ada.api.chat.edit({ chatId, messageId, clientRequestId: clientRequestId(), parts: text('zwei?') }),
      'zwei.',
    );
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'zwei?', 'zwei.']);
    const edited = (await shown(chatId))[2];
    expect(edited?.branchIds).toEqual([messageId, edited?.id]);
    await ada.api.chat.selectBranch({ chatId, messageId });
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'two?', 'two.']);
    await ada.api.chat.selectBranch({ chatId, messageId: edited?.id ?? '' });
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'zwei?', 'zwei.']);
  });

  test('the first question can be edited too', async () => {
    const chatId = await conversation();
    const [first] = await shown(chatId);
    const edit = {
      chatId,
      messageId: first?.id ?? '',
      clientRequestId: clientRequestId(),
      parts: text('eins?'),
    };
    await answer(ada.api.chat.edit(edit), 'eins.');
    expect(await texts(chatId)).toEqual(['eins?', 'eins.']);
    expect((await shown(chatId))[0]?.branchIds).toHaveLength(2);
  });

  test('a regenerated answer is another version beside the first', async () => {
    const chatId = await conversation();
    await answer(ada.api.chat.regenerate({ chatId }), 'two again.');
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'two?', 'two again.']);
    const versions = (await shown(chatId))[3]?.branchIds ?? [];
    expect(versions).toHaveLength(2);
    await ada.api.chat.selectBranch({ chatId, messageId: versions[0] ?? '' });
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'two?', 'two.']);
  });

  test('returns NOT_FOUND to other users', async () => {
    const chatId = await conversation();
    const messageId = (await shown(chatId))[0]?.id ?? '';
    const eve = await signUp(deps, 'Eve');
    expect(await failureOf(eve.api.chat.selectBranch({ chatId, messageId }))).toBe('NOT_FOUND');
    const edit = { chatId, messageId, clientRequestId: clientRequestId(), parts: text('mine') };
    expect(await failureOf(eve.api.chat.edit(edit))).toBe('NOT_FOUND');
    expect(await failureOf(eve.api.chat.continue({ chatId }))).toBe('NOT_FOUND');
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'two?', 'two.']);
  });
});

describe('continue', () => {
  async function stoppedChat(beginning: string): Promise<string> {
    const { id: chatId } = await ada.api.chat.create({ title: 'Test' });
    const { runId } = await ask(chatId, 'count?');
    const exchange = await provider.next();
    await exchange.say(beginning);
    await untilShown(ada.api, chatId, beginning);
    await ada.api.chat.stop({ chatId });
    await finished(deps, runId);
    return chatId;
  }

  test('continues in the same message, and its log holds the whole answer', async () => {
    const chatId = await stoppedChat('one two thr');
    const { runId, messageId } = await ada.api.chat.continue({ chatId });
    const exchange = await provider.next();
    expect(exchange.messages.slice(-3).map(({ role, content }) => [role, content])).toEqual([
      ['user', 'count?'],
      ['assistant', 'one two thr'],
      ['user', CONTINUE],
    ]);
    await exchange.say('ee four');
    exchange.finish();
    expect(textOfChunks(await finished(deps, runId))).toBe('one two three four');
    const [, message, ...more] = await shown(chatId);
    expect(more).toEqual([]);
    expect(message).toMatchObject({ id: messageId, status: 'complete', branchIds: [messageId] });
    expect(message?.parts.filter((part) => part.type === 'text')).toHaveLength(1);
    expect(textOfMessage(message)).toBe('one two three four');
  });

  test('keeps the whole text of a continued answer that is stopped again', async () => {
    const chatId = await stoppedChat('one ');
    const { runId } = await ada.api.chat.continue({ chatId });
    await (await provider.next()).say('two ');
    await untilShown(ada.api, chatId, 'two ');
    await ada.api.chat.stop({ chatId });
    await finished(deps, runId);
    const [, message] = await shown(chatId);
    expect(message?.status).toBe('stopped');
    expect(textOfMessage(message)).toBe('one two ');
  });

  test('rejects a complete answer', async () => {
    const chatId = await conversation();
    expect(await failureOf(ada.api.chat.continue({ chatId }))).toBe('CONFLICT');
    expect(await texts(chatId)).toEqual(['one?', 'one.', 'two?', 'two.']);
  });
});

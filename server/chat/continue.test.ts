import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UIMessageChunk } from 'ai';
import { sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { runEvents } from '#server/db/schema/index';
import { finished, textOfChunks, textOfMessage, untilShown } from '#test/answers';
import type { Person } from '#test/caller';
import { askedAfterQuestion, begin, lastMessage, loseOwner, startAnswer, startPair } from '#test/lost-runs';
import type { ScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
/** The instance whose runs are lost. */
let deps: Deps;
/** Another one, which takes them over. */
let other: Deps;
let ada: Person;

beforeAll(async () => {
  ({ provider, deps, ada, other } = await startPair());
});

afterAll(async () => {
  await other.close();
  await provider.close();
});

const answering = (text: string) => startAnswer(provider, ada.api, text);
const orphan = (runId: string, changes?: Parameters<typeof loseOwner>[2]) =>
  loseOwner(deps.db, runId, changes);
const messageOf = (chatId: string) => lastMessage(ada.api, chatId);

describe('an answer that was cut', () => {
  /** Cuts an answer and continues it. @returns its text. */
  async function joined(before: string, after: string[]): Promise<string> {
    const { chatId, runId, exchange } = await answering(before);
    await orphan(runId);
    const next = await provider.next();
    for (const delta of after) await next.say(delta);
    next.finish();
    const text = textOfChunks(await finished(other, runId));
    exchange.cut();
    expect(textOfMessage(await messageOf(chatId))).toBe(text);
    return text;
  }

  test.each([
    ['in a code block', '```ts\nconst a = 1;\ncon', ['st b', ' = 2;\n```']],
    ['in a list', '1. one\n2. tw', ['o\n3. three']],
    ['between two words', 'The answer', [' is 42.']],
  ])('%s goes on without a gap', async (_where, before, after) => {
    expect(await joined(before, after)).toBe(before + after.join(''));
  });

  test('does not repeat the words that the model repeats', async () => {
    expect(await joined('Ada was the first', ['was the', ' first pro', 'grammer.'])).toBe(
      'Ada was the first programmer.',
    );
    expect(await joined('the end', ['the end'])).toBe('the end');
  });

  test('is never cut within a character', async () => {
    const run = await begin(ada.api);
    const exchange = await provider.next();
    await exchange.say('smile \ud83d');
    await untilShown(ada.api, run.chatId, 'smile');
    await orphan(run.runId);
    const next = await provider.next();
    expect(askedAfterQuestion(next)[0]).toEqual({ role: 'assistant', content: 'smile ' });
    await next.say('😀!');
    next.finish();
    expect(textOfChunks(await finished(other, run.runId))).toBe('smile 😀!');
    exchange.cut();
  });

  test('is complete if only its end is missing', async () => {
    const { runId, chatId, exchange } = await answering('whole');
    const end: UIMessageChunk[] = [{ type: 'text-end', id: 'txt-0' }, { type: 'finish-step' }];
    const last = sql`(select max(seq) + 1 from ${runEvents} where run_id = ${runId})`;
    await orphan(runId, { ownerId: 'gone', leaseExpiresAt: sql`now() + interval '1 hour'` });
    await deps.db.insert(runEvents).values({ runId, seq: last, chunks: JSON.stringify(end) });
    await orphan(runId);
    expect((await finished(other, runId)).at(-1)).toEqual({ type: 'finish' });
    expect(await messageOf(chatId)).toMatchObject({ status: 'complete' });
    exchange.cut();
  });

  test('begins anew if it has only reasoning', async () => {
    const { chatId, runId } = await begin(ada.api);
    const exchange = await provider.next();
    await exchange.send({ reasoning_content: 'Let me see' });
    await untilShown(ada.api, chatId, 'Let me see');
    await orphan(runId);
    const next = await provider.next();
    expect(askedAfterQuestion(next)).toEqual([]);
    await next.say('Hello');
    next.finish();
    await finished(other, runId);
    exchange.cut();
    const types = (await messageOf(chatId))?.parts.map(({ type }) => type);
    expect(types).toEqual(['step-start', 'reasoning', 'text']);
  });
});

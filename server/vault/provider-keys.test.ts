import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { providerKeys } from '#server/db/schema/index';
import { finished } from '#test/answers';
import { callAs, failureOf, type Person, signUp, startInstance } from '#test/caller';
import { type LogLine, recordLog } from '#test/logs';
import { type ProviderServer, startProviderServer } from '#test/provider-server';
import { recordStatements, type Statement } from '#test/statements';

const AI_MODEL = 'openai-compatible/normal';
const KEY = 'sk-own-0123456789';

let server: ProviderServer;
let deps: Deps;
let statements: Statement[];
let lines: LogLine[];
let ada: Person;

beforeAll(async () => {
  server = await startProviderServer();
  const recorded = recordLog();
  lines = recorded.lines;
  deps = await startInstance({
    settings: { AI_MODEL, AI_BASE_URL: server.url, AI_API_KEY: 'sk-server' },
    log: recorded.log,
  });
  statements = recordStatements(deps.database);
  ada = await signUp(deps);
});

afterAll(() => server.close());

/** Asks a question. @returns the credential that the provider received. */
async function credentialUsedFor(person: Person): Promise<string | undefined> {
  const { id: chatId } = await person.api.chat.create({ title: 'Test' });
  const { runId } = await person.api.chat.send({
    chatId,
    clientRequestId: chatId,
    parts: [{ type: 'text', text: 'Hi' }],
  });
  await finished(deps, runId);
  return server.requests.at(-1)?.headers.authorization;
}

describe('provider keys', () => {
  test('never appear in responses or statements, apart from their last four characters', async () => {
    statements.length = 0;
    const { provider, last4, ...rest } = await ada.api.protected.providerKeys.set({
      provider: 'openai',
      key: KEY,
    });
    expect({ provider, last4 }).toEqual({ provider: 'openai', last4: '6789' });
    expect(Object.keys(rest).sort()).toEqual(['createdAt', 'updatedAt']);
    const { items } = await ada.api.protected.providerKeys.list();
    expect(items).toEqual([{ provider, last4, ...rest }]);
    expect(JSON.stringify(statements)).not.toContain('0123');
    const stored = await deps.db.select().from(providerKeys).where(eq(providerKeys.userId, ada.id));
    expect(JSON.stringify(stored)).not.toContain('0123');
    await ada.api.protected.providerKeys.delete({ provider: 'openai' });
    expect(await failureOf(ada.api.protected.providerKeys.delete({ provider: 'openai' }))).toBe('NOT_FOUND');
  });

  test('are stored as a different text each time', async () => {
    const stored = async () => {
      await ada.api.protected.providerKeys.set({ provider: 'google', key: KEY });
      return (await deps.db.select().from(providerKeys).where(eq(providerKeys.userId, ada.id)))[0]
        ?.ciphertext;
    };
    expect(await stored()).not.toBe(await stored());
    await ada.api.protected.providerKeys.delete({ provider: 'google' });
  });

  test('take precedence over the server’s key, only for their user', async () => {
    const ben = await signUp(deps, 'Ben');
    expect(await credentialUsedFor(ada)).toBe('Bearer sk-server');
    await ada.api.protected.providerKeys.set({ provider: 'openai-compatible', key: KEY });
    expect(await credentialUsedFor(ada)).toBe(`Bearer ${KEY}`);
    expect(await credentialUsedFor(ben)).toBe('Bearer sk-server');
    await ada.api.protected.providerKeys.delete({ provider: 'openai-compatible' });
    expect(await credentialUsedFor(ada)).toBe('Bearer sk-server');
  });

  test('are logged and ignored if their row was moved to another account or provider, or changed', async () => {
    const cleo = await signUp(deps, 'Cleo');
    await ada.api.protected.providerKeys.set({ provider: 'openai-compatible', key: KEY });
    const [row] = await deps.db.select().from(providerKeys).where(eq(providerKeys.userId, ada.id));
    const ciphertext = row?.ciphertext ?? '';
    const broken = [
      ciphertext,
      ciphertext.slice(0, -4),
      ciphertext.replace('v2.', 'v9.'),
      ciphertext.replace(/[\da-f]{16}/, '0'.repeat(16)),
      'v2.',
      'v1.',
      '',
    ];
    const place = { userId: cleo.id, provider: 'openai-compatible', last4: '6789' };
    for (const moved of broken) {
      await deps.db.delete(providerKeys).where(eq(providerKeys.userId, cleo.id));
      await deps.db.insert(providerKeys).values({ ...place, ciphertext: moved });
      lines.length = 0;
      expect(await credentialUsedFor(cleo)).toBe('Bearer sk-server');
      const [line] = lines.filter(({ msg }) => msg.includes('ENCRYPTION_KEY'));
      expect(line).toMatchObject({ level: 50, userId: cleo.id, provider: 'openai-compatible' });
      expect(JSON.stringify(lines)).not.toContain(KEY);
    }
  });

  test('are ignored if ENCRYPTION_KEY has changed', async () => {
    const { log, lines: otherLines } = recordLog();
    const other = await startInstance({
      settings: {
        AI_MODEL,
        AI_BASE_URL: server.url,
        AI_API_KEY: 'sk-server',
        ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
      },
      log,
    });
    const { id: chatId } = await ada.api.chat.create({});
    const api = callAs(other, ada.headers);
    const { runId } = await api.chat.send({
      chatId,
      clientRequestId: chatId,
      parts: [{ type: 'text', text: 'Hi' }],
    });
    await finished(other, runId);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer sk-server');
    expect(otherLines.map(({ msg }) => msg).join()).toContain('was its key removed from ENCRYPTION_KEY?');
    await other.close();
  });
});

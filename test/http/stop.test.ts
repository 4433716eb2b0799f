import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { answered, ask, caller, signUp, until } from '#test/client';
import { answerDeltas, countedWords, startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { chunksOf, collect, eventsOf, type ReceivedEvent, textOf } from '#test/sse';

/** Runs a test only on the embedded database, which only one process can open. */
const onPglite = process.env['TEST_DATABASE_URL'] ? test.skip : test;

const provider = await startProviderServer();
afterAll(provider.close);
const answers = (model: string) => ({ AI_BASE_URL: provider.url, AI_MODEL: `openai-compatible/${model}` });

/** Opens a connection that stays open after its request, like those of browsers. */
function openConnection({ url }: RunningServer): Promise<Agent> {
  const agent = new Agent({ keepAlive: true });
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/health`, { agent }, (response) => {
      response.resume().on('end', () => {
        resolve(agent);
      });
    });
    sent.on('error', reject).end();
  });
}

/** Sends a GET over an agent, or over a connection of its own. */
function get(
  url: string,
  agent?: Agent,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('SIGTERM', () => {
  test('stops an idle server within five seconds, also with open connections', async () => {
    const server = await startServer();
    await signUp(server.url);
    const agent = await openConnection(server);
    const started = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - started).toBeLessThan(5000);
    agent.destroy();
  });

  test('lets an answer and its reader finish, and rejects new requests', async () => {
    const server = await startServer(answers('slow-150x20'));
    const ada = await signUp(server.url);
    const { chatId } = await ask(ada, 'Count');
    const response = await ada.fetch(`/api/v1/chats/${chatId}/stream`);
    const reading = collect(eventsOf(response));
    const stopped = server.stop();
    const rejected = await until(
      () =>
        caller(server.url)
          .fetch('/api/health')
          .then(
            ({ status }) => status,
            () => 'no connection',
          ),
      (outcome) => outcome !== 200,
    );
    expect([503, 'no connection']).toContain(rejected);

    const events = await reading;
    expect(textOf(chunksOf(events))).toBe(answerDeltas(150).join(''));
    expect(events.at(-1)).toMatchObject({ event: 'done' });
    expect(await stopped).toBe(0);

    const again = await startServer(server.settings);
    try {
      const [, answer] = await answered({ ...ada, ...caller(again.url, ada.headers) }, chatId);
      expect(answer).toMatchObject({ status: 'complete' });
    } finally {
      await again.stop();
    }
  });

  test('with DRAIN_MS, serves new requests while load balancers learn that it is not ready', async () => {
    const server = await startServer({ DRAIN_MS: '3000' });
    const { fetch } = caller(server.url);
    const agent = await openConnection(server);
    const started = Date.now();
    const stopped = server.stop();
    const ready = async () => (await fetch('/api/ready')).status;
    await until(ready, (status) => status === 503);
    expect(Date.now() - started).toBeLessThan(2000);
    // A new connection, and one that was open.
    for (const through of [undefined, agent]) {
      const { status, headers } = await get(`${server.url}/api/health`, through);
      expect(status).toBe(200);
      expect(headers.connection).toBe('close');
    }
    expect(await stopped).toBe(0);
    expect(Date.now() - started).toBeGreaterThan(2900);
    agent.destroy();
  });

  test('a second time stops it at once, and the next start continues its answers', async () => {
    const server = await startServer({ ...answers('count-400x10'), DRAIN_MS: '20000' });
    const ada = await signUp(server.url);
    const { chatId } = await ask(ada, 'count A');
    const stopped = server.stop();
    await pause(1_500);
    const second = Date.now();
    process.kill(server.pid, 'SIGTERM');
    expect(await stopped).toBe(0);
    expect(Date.now() - second).toBeLessThan(8_000);
    const again = await startServer({ ...server.settings, DRAIN_MS: '0' });
    try {
      const [, answer] = await answered({ ...ada, ...caller(again.url, ada.headers) }, chatId);
      expect(answer).toMatchObject({ status: 'complete' });
    } finally {
      await again.stop();
    }
  }, 120_000);
});

test('kill -9 during an answer loses no text that was shown, and the next start continues it', async () => {
  const words = countedWords('A', 300).join('');
  const server = await startServer(answers('count-300x10'));
  const ada = await signUp(server.url);
  const { chatId, messageId } = await ask(ada, 'count A');
  const shown: ReceivedEvent[] = [];
  await expect(async () => {
    for await (const event of eventsOf(await ada.fetch(`/api/v1/chats/${chatId}/stream`))) {
      shown.push(event);
      if (event.data.includes('A.40 ')) await server.kill9();
    }
  }).rejects.toThrow();
  const text = textOf(chunksOf(shown));
  expect(text).toContain('A.40 ');

  const again = await startServer(server.settings);
  try {
    const back = caller(again.url, ada.headers);
    const headers = { 'last-event-id': shown.at(-1)?.id ?? '' };
    const rest = await collect(eventsOf(await back.fetch(`/api/v1/chats/${chatId}/stream`, { headers })));
    expect(text + textOf(chunksOf(rest))).toBe(words);
    expect(rest.filter(({ id }) => id.endsWith('.2')).length).toBeGreaterThan(1);
    const answer = (await answered(back, chatId)).at(-1);
    expect(answer).toMatchObject({ id: messageId, status: 'complete' });
    expect((answer?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(words);
  } finally {
    await again.stop();
  }
}, 120_000);

describe('a start', () => {
  onPglite('with the folder of a running server fails and names that process', async () => {
    const server = await startServer();
    try {
      await expect(startServer(server.settings)).rejects.toThrow(`in use by process ${server.pid}`);
      expect((await caller(server.url).fetch('/api/ready')).status).toBe(200);
    } finally {
      await server.stop();
    }
  });

  test('in an empty folder creates its files, which only the owner can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchboard-empty-'));
    const server = await startServer({ DATA_DIR: folder });
    try {
      expect((await caller(server.url).fetch('/api/ready')).status).toBe(200);
      const files = readdirSync(folder, { withFileTypes: true }).filter(
        (entry) => entry.isFile() && entry.name.includes('secret'),
      );
      expect(files).not.toEqual([]);
      for (const { name } of files)
        expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });

  test('with invalid settings fails and names each with an example', async () => {
    const wrong = {
      PORT: 'http',
      APP_URL: 'app.example.com',
      DATABASE_URL: 'mysql://127.0.0.1/test',
      AUTH_SECRET: 'short',
      AI_MODEL: 'gpt',
      TRUST_PROXY: 'yes',
    };
    const error: unknown = await startServer(wrong).catch((thrown: unknown) => thrown);
    for (const name of Object.keys(wrong)) {
      expect(error).toMatchObject({
        output: expect.stringMatching(new RegExp(`\\b${name}: .+ \\(example: ${name}=`)),
      });
    }
    expect(error).toMatchObject({ exitCode: 1, output: expect.not.stringContaining('    at ') });
  });
});

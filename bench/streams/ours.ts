import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { post, signUp } from '../lib/account.ts';
import { type Program, startProgram } from '../lib/process.ts';
import { createDatabase } from './postgres.ts';
import { request, submission } from './request.ts';
import type { ModelName, System } from './system.ts';

/** Starts `serve.ts` on a new Postgres database. */
export async function startOnPostgres(aiBaseUrl: string): Promise<System> {
  const database = await createDatabase();
  const system = await startOurs(aiBaseUrl, { DATABASE_URL: database.url });
  return {
    ...system,
    counters: () => database.counters(),
    stop: async () => {
      await system.stop();
      await database.drop();
    },
  };
}

/** Starts `serve.ts` on a new embedded database. */
export function startOnPglite(aiBaseUrl: string): Promise<System> {
  return startOurs(aiBaseUrl, {});
}

async function startOurs(aiBaseUrl: string, env: Record<string, string>): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const models = ['paced', 'idle'].map((name) => `openai-compatible/${name}`);
  const server = await startProgram(['serve.ts'], {
    core: 'server',
    ready: /is ready: http:\/\/localhost:(\d+)/,
    env: {
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      RATE_LIMIT: '1000000000',
      AI_ANSWERS_PER_USER: '10000',
      AI_ANSWERS_PER_INSTANCE: '100000',
      MAX_STREAMS_PER_ACCOUNT: '1000000',
      AI_BASE_URL: aiBaseUrl,
      AI_MODEL: 'openai-compatible/back-to-back',
      AI_MODELS: models.join(','),
      ...env,
    },
  });
  return {
    ...(await prepareUser(server)),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const CREATE_AT_ONCE = 20;
const Created = z.object({ id: z.string() });

/** Signs up a user who asks each question in a separate chat. Each chat has a title, so the server generates none. */
async function prepareUser({ pid, match }: Program): Promise<Omit<System, 'stop'>> {
  const port = Number(match[1]);
  const origin = `http://127.0.0.1:${port}`;
  const cookie = await signUp(origin);

  async function createChat(model: ModelName): Promise<string> {
    const chat = { title: 'Bench', model: `openai-compatible/${model}` };
    return Created.parse(await (await post(`${origin}/api/v1/chats`, chat, { cookie })).json()).id;
  }

  async function createChats(model: ModelName, count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const batch = Math.min(CREATE_AT_ONCE, count - ids.length);
      ids.push(...(await Promise.all(Array.from({ length: batch }, () => createChat(model)))));
    }
    return ids;
  }

  const authorization = `cookie: ${cookie}`;
  const question = (id: string) => request('POST', '/api/chat', [authorization], submission(id));
  return {
    pid,
    port,
    questions: async (model, count) => (await createChats(model, count)).map(question),
    async followers(model, count) {
      const id = await createChat(model);
      const follow = request('GET', `/api/chat/${id}/stream`, [authorization]);
      return { question: question(id), requests: Array.from({ length: count }, () => follow) };
    },
  };
}

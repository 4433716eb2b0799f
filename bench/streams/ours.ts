import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { SERVER_OPTIONS } from '../../scripts/setup.mjs';
import { post, signUp } from '../lib/account.ts';
import { cpuSeconds } from '../lib/proc.ts';
import { startProgram } from '../lib/process.ts';
import { type BenchDatabase, createDatabase } from './postgres.ts';
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

/** Several servers on one database. */
export interface Instances {
  ports: number[];
  pids: number[];
  /** The cookie with the session of a user. */
  cookie: string;
  /** Creates chats, each with a title, so that the servers generate none. */
  createChats: (model: ModelName, count: number) => Promise<string[]>;
  database: BenchDatabase;
  stop: () => Promise<void>;
}

/** Runs `work`, and returns its result with the CPU time that the instances and Postgres took for it, in seconds. */
export async function withCpu<T>({ pids, database }: Instances, work: () => Promise<T>) {
  const instancesCpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = { instances: instancesCpu(), database: await database.cpu() };
  const result = await work();
  const after = await database.cpu();
  const used = [...after].map(([pid, cpu]) => cpu - (before.database.get(pid) ?? 0));
  return {
    result,
    instances: instancesCpu() - before.instances,
    database: used.reduce((sum, cpu) => sum + cpu, 0),
  };
}

/** Starts `count` servers on a new Postgres database. */
export async function startInstances(aiBaseUrl: string, count: number): Promise<Instances> {
  const database = await createDatabase();
  const servers: Awaited<ReturnType<typeof startServer>>[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  };
  try {
    const secrets = {
      AUTH_SECRET: randomBytes(32).toString('hex'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    for (let index = 0; index < count; index++) {
      servers.push(await startServer(aiBaseUrl, { DATABASE_URL: database.url, ...secrets }));
    }
    const ports = servers.map(({ port }) => port);
    const { cookie, createChats } = await prepareUser(ports[0] ?? NaN);
    return { ports, pids: servers.map(({ pid }) => pid), cookie, createChats, database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOurs(aiBaseUrl: string, env: Record<string, string>): Promise<System> {
  const server = await startServer(aiBaseUrl, env);
  const { cookie, createChats } = await prepareUser(server.port);
  const authorization = `cookie: ${cookie}`;
  const question = (id: string) => request('POST', '/api/chat', [authorization], submission(id));
  return {
    ...server,
    questions: async (model, count) => (await createChats(model, count)).map(question),
    async followers(model, count) {
      const [id = ''] = await createChats(model, 1);
      const follow = request('GET', `/api/chat/${id}/stream`, [authorization]);
      return { question: question(id), requests: Array.from({ length: count }, () => follow) };
    },
  };
}

async function startServer(aiBaseUrl: string, env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const models = ['paced', 'idle'].map((name) => `openai-compatible/${name}`);
  const server = await startProgram([...SERVER_OPTIONS, 'serve.ts'], {
    core: 'server',
    ready: /is ready: http:\/\/localhost:(\d+)/,
    env: {
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      RATE_LIMIT: '1000000000',
      // The model waits until all readers have the first delta.
      AI_TIMEOUT_SECONDS: '300',
      AI_ANSWERS_PER_USER: '10000',
      AI_ANSWERS_PER_INSTANCE: '100000',
      MAX_CONNECTIONS: '1000000',
      MAX_CONNECTIONS_PER_ADDRESS: '1000000',
      MAX_STREAMS: '1000000',
      MAX_STREAMS_PER_ACCOUNT: '1000000',
      MAX_STREAMS_PER_ADDRESS: '1000000',
      AI_BASE_URL: aiBaseUrl,
      AI_MODEL: 'openai-compatible/back-to-back',
      AI_MODELS: models.join(','),
      ...env,
    },
  });
  return {
    pid: server.pid,
    port: Number(server.match[1]),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const CREATE_AT_ONCE = 20;
const Created = z.object({ id: z.string() });

/** Signs up a user who asks each question in a separate chat. Each chat has a title, so the server generates none. */
async function prepareUser(port: number) {
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

  return { cookie, createChats };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '../lib/account.ts';
import { startNext } from '../lib/next.ts';
import { ROOT, startProgram } from '../lib/process.ts';
import type { Wire, Workload } from './calls.ts';

/** A running server. */
export interface Served {
  pid: number;
  port: number;
  /** The bearer token of the caller. */
  token: string;
  stop: () => Promise<void>;
}

/** A system that serves the calls. */
export interface System {
  title: string;
  wire: Wire;
  /** The path prefix of its API. */
  base: string;
  /** The status of a created resource; 201 by default. */
  created?: number;
  /** False if it does not validate its input. */
  validates?: false;
  /** The workloads that it is measured with; all by default. */
  workloads?: readonly Workload[];
  /** The Next app to build first. */
  app?: string;
  ours?: true;
  start: () => Promise<Served>;
}

/** The token of bench/peers/users.ts. */
const PEER_TOKEN = 'sb_a-token-to-measure-with';
const NEXT_APP = join(ROOT, 'bench/peers/next-route');
const ROUTE_APP = join(ROOT, 'bench/api/route-app');
const READY = /^listening on (\d+)$/m;

/** Without a request log and rate limits, because no peer has them. */
export const LEAN = { LOG_LEVEL: 'warn', RATE_LIMIT: '0' };
/** With the default log level, and with a rate limit that is never reached. */
const DEFAULTS = { RATE_LIMIT: '1000000000' };

/** @param nodeOptions options for Node.js. */
async function startPeer(file: string, nodeOptions: string[] = []): Promise<Served> {
  const args = [...nodeOptions, `bench/peers/${file}`];
  const program = await startProgram(args, { core: 'server', ready: READY });
  return { ...program, port: Number(program.match[1]), token: PEER_TOKEN };
}

async function startNextPeer(): Promise<Served> {
  return { ...(await startNext(NEXT_APP)), token: PEER_TOKEN };
}

/** Starts a server with a temporary folder for the embedded database, which `stop` removes. */
async function withFolder(
  settings: Record<string, string>,
  start: (env: Record<string, string>) => Promise<Omit<Served, 'token'>>,
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const server = await start({ DATA_DIR: folder, ...settings });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
  try {
    return { ...server, stop, token: await createApiKey(`http://127.0.0.1:${server.port}`) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param nodeOptions options for Node.js. */
export function startSwitchboard(
  settings: Record<string, string> = LEAN,
  nodeOptions: string[] = [],
): Promise<Served> {
  return withFolder(settings, async (env) => {
    const args = [...nodeOptions, 'bench/api/switchboard.main.ts'];
    const program = await startProgram(args, { core: 'server', ready: READY, env, stderr: 'ignore' });
    return { ...program, port: Number(program.match[1]) };
  });
}

function startSwitchboardRoute(): Promise<Served> {
  return withFolder(LEAN, (env) => startNext(ROUTE_APP, { env }));
}

/** Serves a router by the layer alone, without the product. */
async function startLayer(router: 't3' | 'unguarded'): Promise<Served> {
  const program = await startProgram(['bench/api/layer.main.ts', router], { core: 'server', ready: READY });
  return { ...program, port: Number(program.match[1]), token: PEER_TOKEN };
}

/** A batch of one call, and the same with a streamed response. They differ from a single call in the format only. */
const BATCH = { wire: 'trpc-batch', workloads: ['get', 'mixed'] } as const;
const JSONL = { wire: 'trpc-jsonl', workloads: ['get', 'mixed'] } as const;
/** The workloads of systems with three procedures. */
const FEW = ['first', 'get', 'create', 'list'] as const;

const TRPC_STANDALONE = { base: '/trpc', start: () => startPeer('trpc-standalone.main.ts') };
const TRPC_FETCH = { base: '/trpc', start: () => startPeer('trpc-fetch.main.ts') };
const RPC = { wire: 'trpc', base: '/api/trpc', ours: true } as const;
const REST = { wire: 'rest', base: '/api/v1', ours: true } as const;

/** The compared systems by name, which `--only` accepts. */
export const SYSTEMS = {
  next: {
    title: 'bare Next `route.ts`',
    wire: 'rest',
    base: '/api',
    workloads: FEW,
    app: NEXT_APP,
    start: startNextPeer,
  },
  raw: {
    title: 'raw node:http, no validation',
    wire: 'rest',
    base: '/api',
    validates: false,
    start: () => startPeer('raw.main.ts'),
  },
  fastify: {
    title: 'Fastify + type-provider-zod',
    wire: 'rest',
    base: '/api',
    start: () => startPeer('fastify.main.ts'),
  },
  hono: {
    title: 'Hono + zod-validator',
    wire: 'rest',
    base: '/api',
    start: () => startPeer('hono.main.ts'),
  },
  'orpc-rpc': {
    title: 'oRPC, RPC handler',
    wire: 'orpc',
    base: '/rpc',
    start: () => startPeer('orpc-rpc.main.ts'),
  },
  'orpc-openapi': {
    title: 'oRPC, OpenAPI handler',
    wire: 'rest',
    base: '/api',
    start: () => startPeer('orpc-openapi.main.ts'),
  },
  'trpc-standalone': { ...TRPC_STANDALONE, title: 'tRPC standalone adapter', wire: 'trpc' },
  'trpc-standalone-batch': { ...TRPC_STANDALONE, ...BATCH, title: 'tRPC standalone adapter, batch' },
  'trpc-standalone-jsonl': { ...TRPC_STANDALONE, ...JSONL, title: 'tRPC standalone adapter, jsonl' },
  'trpc-fetch': { ...TRPC_FETCH, title: 'tRPC fetch adapter', wire: 'trpc' },
  'trpc-fetch-batch': { ...TRPC_FETCH, ...BATCH, title: 'tRPC fetch adapter, batch' },
  'trpc-fetch-jsonl': { ...TRPC_FETCH, ...JSONL, title: 'tRPC fetch adapter, jsonl' },
  'trpc-next': {
    title: 'tRPC fetch adapter inside Next',
    wire: 'trpc',
    base: '/trpc',
    app: NEXT_APP,
    start: startNextPeer,
  },
  'trpc-to-openapi': {
    title: 'trpc-to-openapi inside Next, 5 procedures',
    wire: 'rest',
    base: '/rest',
    created: 200,
    workloads: FEW,
    app: NEXT_APP,
    start: startNextPeer,
  },
  rpc: { ...RPC, title: 'Switchboard RPC', start: () => startSwitchboard() },
  'rpc-batch': { ...RPC, ...BATCH, title: 'Switchboard RPC, batch', start: () => startSwitchboard() },
  'rpc-jsonl': { ...RPC, ...JSONL, title: 'Switchboard RPC, jsonl', start: () => startSwitchboard() },
  rest: { ...REST, title: 'Switchboard REST', start: () => startSwitchboard() },
  'rpc-default': {
    ...RPC,
    title: 'Switchboard RPC, defaults',
    start: () => startSwitchboard(DEFAULTS),
  },
  'rest-default': {
    ...REST,
    title: 'Switchboard REST, defaults',
    start: () => startSwitchboard(DEFAULTS),
  },
  'rpc-next': {
    ...RPC,
    title: 'Switchboard RPC inside Next',
    app: ROUTE_APP,
    start: startSwitchboardRoute,
  },
  'rest-next': {
    ...REST,
    title: 'Switchboard REST inside Next',
    app: ROUTE_APP,
    start: startSwitchboardRoute,
  },
  't3-rpc': { ...RPC, title: 'Layer, create-t3-app router, RPC', start: () => startLayer('t3') },
  't3-rest': { ...REST, title: 'Layer, create-t3-app router, REST', start: () => startLayer('t3') },
  'unguarded-rpc': { ...RPC, title: 'Layer, no guard, RPC', start: () => startLayer('unguarded') },
  'unguarded-rest': { ...REST, title: 'Layer, no guard, REST', start: () => startLayer('unguarded') },
} as const satisfies Record<string, System>;
export type SystemName = keyof typeof SYSTEMS;

import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_OPTIONS } from '../../scripts/setup.mjs';
import { listen } from '#test/listen';
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
  start: Start;
}

/** The token of bench/peers/users.ts. */
const PEER_TOKEN = 'sb_a-token-to-measure-with';
const NEXT_APP = join(ROOT, 'bench/peers/next-route');
const ROUTE_APP = join(ROOT, 'bench/api/route-app');
const READY = /^listening on (\d+)$/m;

/** Without a request log and rate limits, because no peer has them. */
const LEAN = { LOG_LEVEL: 'warn', RATE_LIMIT: '0' };
/** With the default log level, and with a rate limit that is never reached. */
const DEFAULTS = { RATE_LIMIT: '1000000000' };

/** Starts a system; the argument has options for Node.js. */
type Start = (nodeOptions?: readonly string[]) => Promise<Served>;

/** Starts one of our programs without the product, or a peer. */
function program(file: string, ...args: string[]): Start {
  return async (nodeOptions = []) => {
    const command = [...nodeOptions, file, ...args];
    const started = await startProgram(command, { core: 'server', ready: READY });
    return { ...started, port: Number(started.match[1]), token: PEER_TOKEN };
  };
}

const peer = (file: string) => program(`bench/peers/${file}`);

/** Starts the layer alone, without the product. */
const layer = (router: 't3' | 'unguarded') => program('bench/api/layer.main.ts', router);

const nextPeer: Start = async (nodeOptions = []) => ({
  ...(await startNext(NEXT_APP, { nodeOptions })),
  token: PEER_TOKEN,
});

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

/** Starts the product without its pages. */
function switchboard(settings: Record<string, string>): Start {
  return (nodeOptions = []) =>
    withFolder(settings, async (env) => {
      const args = [...SERVER_OPTIONS, ...nodeOptions, 'bench/api/switchboard.main.ts'];
      const started = await startProgram(args, { core: 'server', ready: READY, env, stderr: 'ignore' });
      return { ...started, port: Number(started.match[1]) };
    });
}

/** Starts the product with a receiver of OTLP in this process, which reads and discards what it gets. */
function observed(settings: Record<string, string>): Start {
  return async (nodeOptions) => {
    const receiver = createServer((incoming, response) => {
      incoming.resume().once('end', () => response.end('{}'));
    });
    const close = () => {
      receiver.close();
      receiver.closeAllConnections();
    };
    try {
      const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${await listen(receiver)}`;
      const server = await switchboard({ ...LEAN, OTEL_EXPORTER_OTLP_ENDPOINT, ...settings })(nodeOptions);
      const stop = async () => {
        await server.stop();
        close();
      };
      return { ...server, stop };
    } catch (error) {
      close();
      throw error;
    }
  };
}

const switchboardRoute: Start = (nodeOptions = []) =>
  withFolder(LEAN, (env) => startNext(ROUTE_APP, { env, nodeOptions }));

/** A batch of one call, and the same with a streamed response. They differ from a single call in the format only. */
const BATCH = { wire: 'trpc-batch', workloads: ['get', 'mixed'] } as const;
const JSONL = { wire: 'trpc-jsonl', workloads: ['get', 'mixed'] } as const;
/** The workloads of systems with three procedures. */
const FEW = ['first', 'get', 'create', 'list'] as const;

const TRPC_STANDALONE = { base: '/trpc', start: peer('trpc-standalone.main.ts') };
const TRPC_FETCH = { base: '/trpc', start: peer('trpc-fetch.main.ts') };
const RPC = { wire: 'trpc', base: '/api/trpc', ours: true } as const;
const REST = { wire: 'rest', base: '/api/v1', ours: true } as const;
const MCP = { base: '/api/mcp', ours: true, start: switchboard(LEAN) } as const;

/** The compared systems by name, which `--only` accepts. */
export const SYSTEMS = {
  next: {
    title: 'bare Next `route.ts`',
    wire: 'rest',
    base: '/api',
    workloads: FEW,
    app: NEXT_APP,
    start: nextPeer,
  },
  raw: {
    title: 'raw node:http, no validation',
    wire: 'rest',
    base: '/api',
    validates: false,
    start: peer('raw.main.ts'),
  },
  fastify: {
    title: 'Fastify + type-provider-zod',
    wire: 'rest',
    base: '/api',
    start: peer('fastify.main.ts'),
  },
  hono: {
    title: 'Hono + zod-validator',
    wire: 'rest',
    base: '/api',
    start: peer('hono.main.ts'),
  },
  elysia: {
    title: 'Elysia on Node.js',
    wire: 'rest',
    base: '/api',
    start: peer('elysia.main.ts'),
  },
  'orpc-rpc': {
    title: 'oRPC, RPC handler',
    wire: 'orpc',
    base: '/rpc',
    start: peer('orpc-rpc.main.ts'),
  },
  'orpc-openapi': {
    title: 'oRPC, OpenAPI handler',
    wire: 'rest',
    base: '/api',
    start: peer('orpc-openapi.main.ts'),
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
    start: nextPeer,
  },
  'trpc-to-openapi': {
    title: 'trpc-to-openapi inside Next, 5 procedures',
    wire: 'rest',
    base: '/rest',
    created: 200,
    workloads: FEW,
    app: NEXT_APP,
    start: nextPeer,
  },
  'trpc-to-openapi-many': {
    title: 'trpc-to-openapi inside Next, 300 procedures',
    wire: 'rest',
    base: '/rest-many',
    created: 200,
    workloads: ['mixed'],
    app: NEXT_APP,
    start: nextPeer,
  },
  rpc: { ...RPC, title: 'Switchboard RPC', start: switchboard(LEAN) },
  'rpc-batch': { ...RPC, ...BATCH, title: 'Switchboard RPC, batch', start: switchboard(LEAN) },
  'rpc-jsonl': { ...RPC, ...JSONL, title: 'Switchboard RPC, jsonl', start: switchboard(LEAN) },
  rest: { ...REST, title: 'Switchboard REST', start: switchboard(LEAN) },
  mcp: { ...MCP, wire: 'mcp', title: 'Switchboard MCP, 2026-07-28' },
  'mcp-legacy': { ...MCP, wire: 'mcp-legacy', title: 'Switchboard MCP, 2025-11-25' },
  'rpc-default': {
    ...RPC,
    title: 'Switchboard RPC, defaults',
    start: switchboard(DEFAULTS),
  },
  'rest-default': {
    ...REST,
    title: 'Switchboard REST, defaults',
    start: switchboard(DEFAULTS),
  },
  'rpc-metrics': {
    ...RPC,
    title: 'Switchboard RPC, metrics over OTLP',
    workloads: ['get'],
    start: observed({ OTEL_TRACES_EXPORTER: 'none', OTEL_METRIC_EXPORT_INTERVAL: '1000' }),
  },
  'rpc-sampled': {
    ...RPC,
    title: 'Switchboard RPC, 1 % of traces',
    workloads: ['get'],
    start: observed({
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    }),
  },
  'rpc-traced': {
    ...RPC,
    title: 'Switchboard RPC, all traces',
    workloads: ['get'],
    start: observed({ OTEL_METRICS_EXPORTER: 'none' }),
  },
  'rpc-next': {
    ...RPC,
    title: 'Switchboard RPC inside Next',
    app: ROUTE_APP,
    start: switchboardRoute,
  },
  'rest-next': {
    ...REST,
    title: 'Switchboard REST inside Next',
    app: ROUTE_APP,
    start: switchboardRoute,
  },
  't3-rpc': { ...RPC, title: 'Layer, create-t3-app router, RPC', start: layer('t3') },
  't3-rest': { ...REST, title: 'Layer, create-t3-app router, REST', start: layer('t3') },
  'unguarded-rpc': { ...RPC, title: 'Layer, no guard, RPC', start: layer('unguarded') },
  'unguarded-rest': { ...REST, title: 'Layer, no guard, REST', start: layer('unguarded') },
} as const satisfies Record<string, System>;
export type SystemName = keyof typeof SYSTEMS;

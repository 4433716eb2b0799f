import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPostgres } from '#server/db/postgres';
import { signUp } from '#test/client';
import { silent } from '#test/logs';
import { startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { startCluster } from './cluster.ts';
import { expectOutcome, interfere, MODEL, SETTLED_MS } from './lost.ts';
import type { Part } from './part.ts';

/** The time in which another instance must show the next text after the link went down, in milliseconds. */
const GAP_MS = 6_000;
/** How long the link is down, in milliseconds. */
const DOWN_MS = 10_000;
/** The addresses of this machine and of the namespace, and their network. */
const HERE = '10.213.7.1';
const THERE = '10.213.7.2';
const CLIENTS = '10.213.7.0/30';

const ip = (...args: string[]) => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Creates a network namespace, which a link connects to this machine. Only root may do that. */
function createNamespace() {
  const name = `sb-${process.pid}`;
  const [outer, inner] = [`${name}-o`, `${name}-i`];
  ip('netns', 'add', name);
  const remove = () => {
    // Its end of the link goes with it, and with that the other end.
    ip('netns', 'delete', name);
  };
  try {
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
    ip('address', 'add', `${HERE}/30`, 'dev', outer);
    ip('link', 'set', outer, 'up');
    ip('-n', name, 'address', 'add', `${THERE}/30`, 'dev', inner);
    for (const device of ['lo', inner]) ip('-n', name, 'link', 'set', device, 'up');
  } catch (error) {
    remove();
    throw error;
  }
  return {
    inside: ['ip', 'netns', 'exec', name],
    set: (state: 'up' | 'down') => {
      ip('link', 'set', outer, state);
    },
    remove,
  };
}

/** Forwards connections to HERE to a port of 127.0.0.1. @returns its port, and a function that ends it. */
async function forwardTo(port: number) {
  const server = createServer((inner) => {
    const sockets = [inner, connect(port, '127.0.0.1')] as const;
    inner.pipe(sockets[1]).pipe(inner);
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const each of sockets) each.destroy();
      });
    }
  });
  server.listen(0, HERE).unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, close: () => void server.close() };
}

/** Takes the network of an instance down while it writes an answer, and up again after another one has taken over. */
export const network: Part = async ({ report }) => {
  const link = createNamespace();
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-network-'));
  const provider = await startProviderServer();
  const started: RunningServer[] = [];
  try {
    const forwarder = await forwardTo(Number(new URL(provider.url).port));
    const cluster = await startCluster({ network: { address: HERE, clients: CLIENTS } });
    const database = openPostgres(cluster.url, 2, silent);
    try {
      const url = (host: string, from: string) => from.replace('127.0.0.1', host);
      const settings = { DATA_DIR: folder, AI_MODEL: MODEL };
      const here = { ...settings, DATABASE_URL: cluster.url, AI_BASE_URL: provider.url };
      const other = await startServer(here);
      started.push(other);
      const there = {
        ...settings,
        HOST: THERE,
        DATABASE_URL: url(HERE, cluster.url),
        AI_BASE_URL: `http://${HERE}:${forwarder.port}/v1`,
      };
      const first = await startServer(there, 'serve', undefined, link.inside);
      started.push(first);
      const ada = await signUp(url(THERE, first.url));
      await pause(SETTLED_MS);
      const outcome = await interfere({ database, other }, ada, async () => {
        link.set('down');
        await pause(DOWN_MS);
        link.set('up');
        await pause(2_000);
      });
      report(`link down: ${outcome.takeovers} takeover, pause of ${outcome.gapMs} ms`);
      expectOutcome('link down', outcome, 1);
      if (outcome.gapMs > GAP_MS) throw new Error(`the pause after the link went down is over ${GAP_MS} ms`);
    } finally {
      for (const instance of started) await instance.kill9();
      await database.close();
      await cluster.stop();
      forwarder.close();
    }
  } finally {
    await provider.close();
    link.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

import { setTimeout as pause } from 'node:timers/promises';
import type { Backend } from '#test/crash/databases';
import { type FreezeProbe, measureIdle, startFreezeProbe } from '#test/freeze';
import { type RunningServer, startServer } from '#test/server';
import { peakBytes, resetPeak } from './memory.ts';
import { createFixture } from './fixture.ts';
import { AUTH_SECRET, type Seeded } from './seed.ts';

/** The settings of an installation behind a proxy, with the defaults of all limits. */
const SETTINGS = {
  NODE_OPTIONS: '--max-old-space-size=512',
  AUTH_SECRET,
  TRUST_PROXY: 'true',
  RATE_LIMIT: '',
  AUTH_RATE_LIMIT: '',
  GUEST_RATE_LIMIT: '',
  LOG_LEVEL: 'error',
};
/** Rendered once before the measurements, because the first rendering loads code. */
const PAGES = ['/', '/sign-in', '/sign-up', '/docs', '/chat', '/chat/warm', '/settings', '/admin'];
const CALLS = [
  '/api/openapi.json',
  '/api/ready',
  '/api/v1/chats',
  '/api/v1/users/me',
  '/api/v1/protected/export',
];
/** The time in which the garbage of the opened pages is collected. */
const SETTLE_MS = 1_000;

/** A running server under attack. */
export interface Target {
  server: RunningServer;
  probe: FreezeProbe;
  /** The longest response time of `/api/health` on the idle server, in milliseconds. */
  idleMs: number;
  /** The resident memory of the idle server. */
  idleBytes: number;
  stop: () => Promise<void>;
}

/**
 * Starts the built server on a seeded database, opens every page, and measures the idle server.
 * @param root the folder of the project.
 */
export async function startTarget(
  backend: Backend,
  seeded: Seeded,
  settings: Record<string, string>,
  root?: string,
): Promise<Target> {
  const server = await startServer({ ...SETTINGS, ...backend.settings, ...settings }, 'serve', root);
  const fixture = createFixture(server.url, seeded);
  const visitor = fixture.as(seeded.visitor);
  for (const path of [...PAGES, ...CALLS]) {
    for (const attacker of [fixture.stranger, visitor]) await attacker.send(path);
  }
  await pause(SETTLE_MS);
  const probe = await startFreezeProbe(server.url, server.pid);
  const idleMs = await measureIdle(probe);
  resetPeak(server.pid);
  return {
    server,
    probe,
    idleMs,
    idleBytes: peakBytes(server.pid) ?? 0,
    async stop() {
      await probe.stop();
      await server.kill9();
    },
  };
}

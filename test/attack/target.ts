import { setTimeout as pause } from 'node:timers/promises';
import type { Ground } from '#test/crash/databases';
import { type FreezeProbe, measureCalm, startFreezeProbe } from '#test/freeze';
import { type RunningServer, startServer } from '#test/server';
import { peakBytes, resetPeak } from './memory.ts';
import { setScene } from './scene.ts';
import { AUTH_SECRET, type Seeded } from './seed.ts';

/** What an installation behind a proxy has, with the defaults of all limits. */
const SETTINGS = {
  NODE_OPTIONS: '--max-old-space-size=512',
  AUTH_SECRET,
  TRUST_PROXY: 'true',
  RATE_LIMIT: '',
  AUTH_RATE_LIMIT: '',
  GUEST_RATE_LIMIT: '',
  LOG_LEVEL: 'error',
};
/** Rendered once before anything is measured, as the first rendering loads code. */
const PAGES = ['/', '/sign-in', '/sign-up', '/docs', '/chat', '/chat/warm', '/settings', '/admin'];
const CALLS = [
  '/api/openapi.json',
  '/api/ready',
  '/api/v1/chats',
  '/api/v1/users/me',
  '/api/v1/protected/export',
];
/** Until what the opening of pages left behind is collected. */
const SETTLE_MS = 1_000;

/** A running server under attack. */
export interface Target {
  server: RunningServer;
  probe: FreezeProbe;
  /** The longest response time of `/api/health` when nothing else is going on, in milliseconds. */
  calmMs: number;
  /** The resident memory then. */
  calmBytes: number;
  stop: () => Promise<void>;
}

/**
 * Starts the built server on a seeded database, opens every page, and measures it while it is calm.
 * @param root the folder of the project.
 */
export async function startTarget(
  ground: Ground,
  seeded: Seeded,
  settings: Record<string, string>,
  root?: string,
): Promise<Target> {
  const server = await startServer({ ...SETTINGS, ...ground.settings, ...settings }, 'serve', root);
  const scene = setScene(server.url, seeded);
  const visitor = scene.as(seeded.visitor);
  for (const path of [...PAGES, ...CALLS]) {
    for (const who of [scene.stranger, visitor]) await who.send(path);
  }
  await pause(SETTLE_MS);
  const probe = await startFreezeProbe(server.url, server.pid);
  const calmMs = await measureCalm(probe);
  resetPeak(server.pid);
  return {
    server,
    probe,
    calmMs,
    calmBytes: peakBytes(server.pid) ?? 0,
    async stop() {
      await probe.stop();
      await server.kill9();
    },
  };
}

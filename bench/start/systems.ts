import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_OPTIONS } from '../../scripts/setup.mjs';
import { signUp } from '../lib/account.ts';
import { startNext } from '../lib/next.ts';
import { ROOT, startProgram } from '../lib/process.ts';

/** The output of a server that is ready. */
export const READY = /is ready: http:\/\/localhost:(\d+)/;

/** A running server of the built pages, and the cookie of a signed-in user. */
export interface Served {
  pid: number;
  origin: string;
  cookie: string;
  stop: () => Promise<void>;
}

const SETTINGS = { HOST: '127.0.0.1', RATE_LIMIT: '0', LOG_LEVEL: 'warn' };

/** Returns the settings of a start on a new embedded database, and a function that removes the database. */
export async function freshSettings(): Promise<{ env: Record<string, string>; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  return {
    env: { ...SETTINGS, PORT: '0', DATA_DIR: folder },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The compared systems. Both serve the same build. */
export const SYSTEMS = {
  'next start': (env: Record<string, string>) => startNext(ROOT, { env }),
  'serve.ts': async (env: Record<string, string>) => {
    const program = await startProgram([...SERVER_OPTIONS, 'serve.ts'], {
      core: 'server',
      ready: READY,
      env,
    });
    return { ...program, port: Number(program.match[1]) };
  },
};
export type SystemName = keyof typeof SYSTEMS;

/** Starts a system on a new embedded database. */
export async function start(name: SystemName): Promise<Served> {
  const { env, remove } = await freshSettings();
  const { pid, port, stop } = await SYSTEMS[name](env);
  const origin = `http://127.0.0.1:${port}`;
  return {
    pid,
    origin,
    cookie: await signUp(origin),
    async stop() {
      await stop();
      await remove();
    },
  };
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#test/listen';
import { type Program, ROOT, startProgram } from './process.ts';

const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');
const BUILD_LIMIT_MS = 5 * 60_000;

/**
 * Builds a Next app.
 * @throws {Error} with the output of the build if it fails or takes longer than five minutes.
 */
export async function buildNext(folder: string): Promise<void> {
  const { PATH } = process.env;
  await promisify(execFile)(process.execPath, [NEXT, 'build'], {
    cwd: folder,
    env: { PATH, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    timeout: BUILD_LIMIT_MS,
  });
}

/** Starts a built Next app under `next start`, in the project folder, because the product looks for its files there. */
export async function startNext(
  folder: string,
  { nodeOptions = [], ...options }: { env?: Record<string, string>; nodeOptions?: readonly string[] } = {},
): Promise<Program & { port: number }> {
  const port = await freePort();
  const args = [...nodeOptions, NEXT, 'start', folder, '-H', '127.0.0.1', '-p', String(port)];
  const program = await startProgram(args, { core: 'server', ready: /Ready in/, ...options });
  return { ...program, port };
}

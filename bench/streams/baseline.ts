import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#test/listen';
import { ROOT, startProgram } from '../lib/process.ts';
import { request, submission } from './request.ts';
import type { System } from './systems.ts';

const FOLDER = join(ROOT, 'bench/peers/ai-sdk-route');
const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

/** Builds the bare Next app, once. */
export async function buildBaseline(): Promise<void> {
  if (existsSync(join(FOLDER, '.next/BUILD_ID'))) return;
  const build = await startProgram([NEXT, 'build'], { core: 'load', ready: /\(Dynamic\)/, cwd: FOLDER });
  await build.stop();
}

/** Starts the AI SDK's documented chat route under `next start`. */
export async function startBaseline(aiBaseUrl: string): Promise<System> {
  const port = await freePort();
  const { pid, stop } = await startProgram([NEXT, 'start', '-H', '127.0.0.1', '-p', String(port)], {
    core: 'server',
    ready: /Ready in/,
    cwd: FOLDER,
    env: { AI_BASE_URL: aiBaseUrl },
  });
  return {
    pid,
    port,
    async questions(model, count) {
      const ids = Array.from({ length: count }, (_, index) => `chat-${index}`);
      return ids.map((id) => request('POST', '/api/chat', [], { ...submission(id), model }));
    },
    stop,
  };
}

import { join } from 'node:path';
import { buildNext, startNext } from '../lib/next.ts';
import { ROOT } from '../lib/process.ts';
import { request, submission } from './request.ts';
import type { System } from './system.ts';

const FOLDER = join(ROOT, 'bench/peers/ai-sdk-route');

/** Builds the bare Next app. */
export async function buildBaseline(): Promise<void> {
  await buildNext(FOLDER);
}

/** Starts the AI SDK's documented chat route under `next start`. */
export async function startBaseline(aiBaseUrl: string): Promise<System> {
  const { pid, port, stop } = await startNext(FOLDER, { env: { AI_BASE_URL: aiBaseUrl } });
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

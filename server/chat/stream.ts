import { tracked } from '@trpc/server';
import type { UIMessageChunk } from 'ai';
import type { z } from 'zod';
import type { ChatStream } from '#contract/chat';
import { parseChunks } from '#server/chat/run-store';
import { findRun } from '#server/chat/send';
import type { Actor } from '#server/context';
import type { Deps } from '#server/deps';

/**
 * Follows a run of a chat: each event has its number as the id and the chunks that were committed together as data.
 * Ends at once when the chat has no run yet. @throws {AppError} NOT_FOUND
 */
export async function* stream(
  deps: Deps,
  actor: Actor,
  { chatId, runId, lastEventId }: z.output<typeof ChatStream>,
  signal: AbortSignal,
) {
  const run = await findRun(deps, actor, chatId, runId);
  if (!run) return;
  for await (const event of deps.runs.follow(run.id, Number(lastEventId ?? 0), signal)) {
    const chunks: UIMessageChunk[] = parseChunks(event.chunks);
    yield tracked(String(event.seq), chunks);
  }
}

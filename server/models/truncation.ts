import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { LanguageModelMiddleware } from 'ai';
import { AppError } from '#server/errors';
import { toModelError } from './errors.ts';

type Parts = ReadableStream<LanguageModelV4StreamPart>;

const UNKNOWN_USAGE: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

/**
 * Ensures that a streamed answer either ends complete, or with one `error` part that has an AppError of the catalog,
 * followed by `finish` with the reason `error`. Some providers report a truncated answer as finished. Some continue
 * after a chunk that they could not read, which leaves a gap in the text.
 *
 * An aborted call fails with the caller's abort, not with an error of the model.
 */
export const failIfTruncated: LanguageModelMiddleware = {
  specificationVersion: 'v4',
  async wrapStream({ doStream, params }) {
    const result = await doStream();
    return { ...result, stream: guard(result.stream, params.abortSignal) };
  },
};

function guard(source: Parts, abortSignal: AbortSignal | undefined): Parts {
  const reader = source.getReader();
  const blocks = new Map<string, 'text-end' | 'reasoning-end'>();

  /** Ends the stream, and reads nothing more from the provider. A failure to close its connection does not matter. */
  function end(controller: ReadableStreamDefaultController<LanguageModelV4StreamPart>): void {
    controller.close();
    reader.cancel().catch(() => undefined);
  }

  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      async pull(controller) {
        const fail = (error: unknown) => {
          for (const [id, type] of blocks) controller.enqueue({ type, id });
          controller.enqueue({ type: 'error', error: toModelError(error) });
          const finishReason = { unified: 'error' as const, raw: undefined };
          controller.enqueue({ type: 'finish', finishReason, usage: UNKNOWN_USAGE });
          end(controller);
        };
        try {
          const { done, value: part } = await reader.read();
          if (done || isTruncated(part)) fail(truncated());
          else if (part.type === 'error') fail(part.error);
          else {
            follow(blocks, part);
            controller.enqueue(part);
            if (part.type === 'finish') end(controller);
          }
        } catch (error) {
          if (abortSignal?.aborted) controller.error(error);
          else fail(error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Updates the open blocks. */
function follow(blocks: Map<string, 'text-end' | 'reasoning-end'>, part: LanguageModelV4StreamPart): void {
  if (part.type === 'text-start') blocks.set(part.id, 'text-end');
  else if (part.type === 'reasoning-start') blocks.set(part.id, 'reasoning-end');
  else if (part.type === 'text-end' || part.type === 'reasoning-end') blocks.delete(part.id);
}

function isTruncated(part: LanguageModelV4StreamPart): boolean {
  if (part.type !== 'finish') return false;
  return part.finishReason.unified === 'interrupted' || part.finishReason.unified === 'error';
}

function truncated(): AppError {
  return new AppError('MODEL_BAD_RESPONSE', {
    detail: 'The model provider ended the answer before it was complete.',
  });
}

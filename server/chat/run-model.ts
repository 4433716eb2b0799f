import {
  convertToModelMessages,
  type FinishReason,
  type LanguageModel,
  type LanguageModelUsage,
  streamText,
  toUIMessageStream,
  type UIMessage,
  type UIMessageChunk,
} from 'ai';
import { AppError, errorData } from '#server/errors';
import { toModelError } from '#server/models/errors';
import { addedText, isPlainDelta } from './chunks.ts';
import { mostInputTokens, type Reservation } from './quota.ts';
import type { Ending } from './run-store.ts';
import { estimate, known } from './usage.ts';

/** What a model writes of an answer, and then how it ended, with the reason if it failed. */
export type ModelEvent = { chunk: UIMessageChunk } | { ending: Ending; failure: AppError | null };

/** What a model is asked. */
export interface Asked {
  instructions: string;
  conversation: UIMessage[];
  /** The model must not write more than its output; `null` if no quota applies. */
  reserved: Reservation | null;
}

/**
 * Has a model answer a conversation.
 * Yields the answer's chunks as the AI SDK makes them, without `start` and `finish`, and last how it ended. Never throws.
 * @param signal its abort ends the answer; the ending then is `stopped`.
 */
export async function* streamModel(
  model: LanguageModel,
  { instructions, conversation, reserved }: Asked,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  let failure: AppError | null = null;
  let told: LanguageModelUsage | null = null;
  let reason: FinishReason | undefined;
  let said = 0;
  try {
    const result = streamText({
      model,
      instructions,
      messages: await convertToModelMessages(conversation, { ignoreIncompleteToolCalls: true }),
      abortSignal: signal,
      ...(reserved && { maxOutputTokens: reserved.output }),
      telemetry: { isEnabled: false },
      onError: ({ error }) => {
        failure ??= toModelError(error);
      },
      onEnd: ({ usage, finishReason }) => {
        told = usage;
        reason = finishReason;
        if (reserved && finishReason === 'length') failure ??= outOfTokens(reserved);
      },
    });
    const options = { sendStart: false, sendFinish: false, sendReasoning: true, sendSources: true };
    for await (const chunk of toUIMessageStream({ stream: result.stream, ...options })) {
      if (chunk.type === 'error' || chunk.type === 'abort') continue;
      const added = addedText(chunk);
      // Nothing was said; there may be any number of them.
      if (added === '' && isPlainDelta(chunk)) continue;
      said += Buffer.byteLength(added);
      yield { chunk };
    }
  } catch (error) {
    failure ??= toModelError(error);
  }
  if (signal.aborted) failure = null;
  const ending = signal.aborted ? stopped('stopped') : failure ? failed(failure) : complete(reason);
  const estimated = estimate(mostInputTokens(instructions, conversation), said, reserved);
  yield { ending: { ...ending, usage: known(told, estimated) }, failure };
}

/** The failure of an answer that had more to say than its reservation allows. It can be continued. */
const outOfTokens = ({ output }: Reservation) =>
  new AppError('ANSWER_TOO_LONG', {
    detail: `The answer was limited to ${output} tokens by the daily quota, and stops there. Continue it for the rest.`,
  });

function complete(finishReason: FinishReason | undefined): Ending {
  const finish: UIMessageChunk = { type: 'finish', ...(finishReason && { finishReason }) };
  return { status: 'complete', error: null, usage: null, chunks: [finish] };
}

/** The ending of an answer that was cut off before its end, on purpose or not. */
export function stopped(status: 'stopped' | 'interrupted'): Ending {
  return { status, error: null, usage: null, chunks: [{ type: 'abort', reason: status }] };
}

/**
 * The ending of an answer that failed: readers get the catalogue's entry as data, and the AI SDK's error chunk.
 * @param requestId that of the request that began it, if it is known.
 */
export function failed(error: AppError, requestId = ''): Ending {
  const { requestId: _, ...data } = errorData(error, requestId);
  return {
    status: 'failed',
    error: error.kind,
    usage: null,
    chunks: [
      { type: 'data-error', data, transient: true },
      { type: 'error', errorText: data.detail },
    ],
  };
}

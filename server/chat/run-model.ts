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
import { maxInputTokens, type Reservation } from './quota.ts';
import { startModelSpan } from './run-spans.ts';
import type { Ending } from './run-store.ts';
import { completeUsage, estimate } from './usage.ts';

/** A chunk of the answer, or at the end how it ended, with the error if it failed. */
export type ModelEvent = { chunk: UIMessageChunk } | { ending: Ending; failure: AppError | null };

/** The input of a model call. */
export interface ModelRequest {
  instructions: string;
  /** `undefined` for the default of the model. */
  temperature: number | undefined;
  conversation: UIMessage[];
  /** Replaces the files of a conversation by what the model can read. */
  withFiles: (conversation: readonly UIMessage[]) => Promise<UIMessage[]>;
  /** Limits the output of the model; `null` if no quota applies. */
  reserved: Reservation | null;
}

/**
 * Lets a model answer a conversation. Yields the chunks of the AI SDK without `start` and `finish`, and at last how the
 * answer ended. Never throws.
 * @param signal ends the answer when aborted. The ending is then `stopped`.
 */
export async function* streamModel(
  model: LanguageModel,
  { instructions, temperature, conversation, withFiles, reserved }: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  let failure: AppError | null = null;
  let reported: LanguageModelUsage | null = null;
  let reason: FinishReason | undefined;
  let outputBytes = 0;
  const span = startModelSpan(model, reserved?.output);
  try {
    const result = streamText({
      model,
      instructions,
      messages: await convertToModelMessages(await withFiles(conversation), {
        ignoreIncompleteToolCalls: true,
      }),
      abortSignal: signal,
      ...(temperature !== undefined && { temperature }),
      ...(reserved && { maxOutputTokens: reserved.output }),
      telemetry: { isEnabled: false },
      onError: ({ error }) => {
        failure ??= toModelError(error);
      },
      onEnd: ({ usage, finishReason }) => {
        reported = usage;
        reason = finishReason;
        if (reserved && finishReason === 'length') failure ??= outOfTokens(reserved);
      },
    });
    const options = { sendStart: false, sendFinish: false, sendReasoning: true, sendSources: true };
    for await (const chunk of toUIMessageStream({ stream: result.stream, ...options })) {
      if (chunk.type === 'error' || chunk.type === 'abort') continue;
      const added = addedText(chunk);
      // A provider may send any number of empty deltas.
      if (added === '' && isPlainDelta(chunk)) continue;
      outputBytes += Buffer.byteLength(added);
      yield { chunk };
    }
  } catch (error) {
    failure ??= toModelError(error);
  }
  if (signal.aborted) failure = null;
  const ending = signal.aborted ? stopped('stopped') : failure ? failed(failure) : complete(reason);
  const estimated = estimate(maxInputTokens(instructions, conversation), outputBytes, reserved);
  const usage = completeUsage(reported, estimated);
  span?.end({ reason, usage, error: failure?.kind });
  yield { ending: { ...ending, usage }, failure };
}

/** The error of an answer that reached the limit of its reservation. It can be continued. */
const outOfTokens = ({ output }: Reservation) =>
  new AppError('ANSWER_TOO_LONG', {
    detail: `The daily quota limited this answer to ${output} tokens. Continue it to get the rest.`,
  });

/** The ending of a complete answer. */
export function complete(finishReason?: FinishReason): Ending {
  const finish: UIMessageChunk = { type: 'finish', ...(finishReason && { finishReason }) };
  return { status: 'complete', error: null, usage: null, chunks: [finish] };
}

/** The ending of an answer that was stopped or interrupted. */
export function stopped(status: 'stopped' | 'interrupted'): Ending {
  return { status, error: null, usage: null, chunks: [{ type: 'abort', reason: status }] };
}

/**
 * The ending of an answer that failed. Readers get the entry of the error catalog as data, and the AI SDK's error
 * chunk.
 * @param requestId the id of the request that started it, if known.
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

import {
  convertToModelMessages,
  type LanguageModel,
  streamText,
  toUIMessageStream,
  type UIMessage,
  type UIMessageChunk,
} from 'ai';
import { addedText, isPlainDelta } from '#server/chat/chunks';
import { textOf } from '#server/chat/fold';
import type { AppError } from '#server/errors';
import { errorData } from '#server/errors';
import type { Ending, Usage } from '#server/chat/run-store';
import { toModelError } from '#server/models/errors';

/** What a model writes of an answer, and then how it ended. */
export type Spoken = { chunk: UIMessageChunk } | { ending: Ending };

/**
 * Has a model answer a conversation.
 * Yields the answer's chunks as the AI SDK makes them, without `start` and `finish`, and last how it ended. Never throws.
 * @param signal its abort ends the answer; the ending then is `stopped`.
 */
export async function* speak(
  model: LanguageModel,
  instructions: string,
  conversation: UIMessage[],
  signal: AbortSignal,
): AsyncGenerator<Spoken, void, void> {
  let failure: AppError | null = null;
  let usage: Usage | null = null;
  let said = 0;
  try {
    const result = streamText({
      model,
      instructions,
      messages: await convertToModelMessages(conversation, { ignoreIncompleteToolCalls: true }),
      abortSignal: signal,
      telemetry: { isEnabled: false },
      onError: ({ error }) => {
        failure ??= toModelError(error);
      },
      onEnd: ({ usage: { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } }) => {
        usage = {
          inputTokens: tokenCount(inputTokens),
          outputTokens: tokenCount(outputTokens),
          cachedTokens: tokenCount(inputTokenDetails.cacheReadTokens),
          reasoningTokens: tokenCount(outputTokenDetails.reasoningTokens),
        };
      },
    });
    const options = { sendStart: false, sendFinish: false, sendReasoning: true, sendSources: true };
    for await (const chunk of toUIMessageStream({ stream: result.stream, ...options })) {
      if (chunk.type === 'error' || chunk.type === 'abort') continue;
      const added = addedText(chunk);
      // Nothing was said; there may be any number of them.
      if (added === '' && isPlainDelta(chunk)) continue;
      said += added.length;
      yield { chunk };
    }
  } catch (error) {
    failure ??= toModelError(error);
  }
  if (signal.aborted) yield { ending: { ...stopped('stopped'), usage: estimate(conversation, said) } };
  else yield { ending: failure ? failed(failure) : complete(usage) };
}

/** Characters that make a token of usual text, by rule of thumb. */
const TOKEN_LENGTH = 4;

/** The largest number that a column of type integer holds. */
const MAX_INTEGER = 2 ** 31 - 1;

/** A number of tokens as it can be stored, whatever a provider sent for one. */
function tokenCount(count: number | undefined): number | null {
  if (count === undefined || Number.isNaN(count) || count < 0) return null;
  return Math.min(Math.trunc(count), MAX_INTEGER);
}

/** What an answer that was cut off used: providers tell it at the end only, and a quota must not be dodged by stopping. */
export function estimate(conversation: UIMessage[], said: number): Usage {
  const asked = conversation.reduce((sum, message) => sum + textOf(message.parts).length, 0);
  const tokens = (length: number) => Math.ceil(length / TOKEN_LENGTH);
  return {
    inputTokens: tokens(asked),
    outputTokens: tokens(said),
    cachedTokens: null,
    reasoningTokens: null,
  };
}

function complete(usage: Usage | null): Ending {
  return { status: 'complete', error: null, usage, chunks: [{ type: 'finish' }] };
}

/** The ending of an answer that was cut off before its end, on purpose or not. */
export function stopped(status: 'stopped' | 'interrupted'): Ending {
  return { status, error: null, usage: null, chunks: [{ type: 'abort', reason: status }] };
}

/** The ending of an answer that failed: readers get the catalogue's entry as data, and the AI SDK's error chunk. */
export function failed(error: AppError): Ending {
  const { requestId: _none, ...data } = errorData(error, '');
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

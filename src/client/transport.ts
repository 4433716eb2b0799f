import type { TRPCClient } from '@trpc/client';
import type { ChatTransport, UIMessageChunk } from 'ai';
import { isErrorCode } from '#contract/errors';
import type { AppRouter } from './app-router.d.ts';
import { errorDataOf, toCallError } from './errors.ts';
import type { ChatMessage, MessageMetadata } from './messages.ts';

type SendOptions = Parameters<ChatTransport<ChatMessage>['sendMessages']>[0];
type ReconnectOptions = Parameters<ChatTransport<ChatMessage>['reconnectToStream']>[0];

/** Waits before the attempts to follow a run again, in milliseconds; a network error does not count as an attempt. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 8_000];

/** The wait before it is asked whether another session has taken the place of one that ended, in milliseconds. */
const SIGNED_IN_MS = 1_000;

/** How an answer ended, as metadata of its message, where a chunk tells of an ending other than the regular one. */
function endingOf(chunk: UIMessageChunk): MessageMetadata | null {
  if (chunk.type === 'abort') return { status: chunk.reason === 'interrupted' ? 'interrupted' : 'stopped' };
  if (chunk.type !== 'data-error') return null;
  const { data } = chunk;
  if (typeof data !== 'object' || data === null || !('code' in data) || !isErrorCode(data.code)) return null;
  const detail = 'detail' in data && typeof data.detail === 'string' ? data.detail : undefined;
  return { status: 'failed', error: data.code, ...(detail !== undefined && { detail }) };
}

/** Adds to the chunks of an answer what `useChat` keeps of them: how the answer ended. */
function withEnding(chunks: readonly UIMessageChunk[]): UIMessageChunk[] {
  return chunks.flatMap((chunk) => {
    const messageMetadata = endingOf(chunk);
    return messageMetadata ? [{ type: 'message-metadata', messageMetadata } as const, chunk] : [chunk];
  });
}

/**
 * The AI SDK's chat transport over the typed procedures. Answers belong to the server: a reader that goes away, also
 * with `stop()` of `useChat`, only stops reading. What stops the answer itself is the procedure `chat.stop`.
 */
export class TrpcChatTransport implements ChatTransport<ChatMessage> {
  /** A reader that comes back gets the answer from its beginning. */
  readonly resumeStreamIsReplay = true;
  readonly #client: TRPCClient<AppRouter>;

  constructor(client: TRPCClient<AppRouter>) {
    this.#client = client;
  }

  /**
   * Sends the last message, or has an answer written anew, and follows the run that does it. The id of a user
   * message is its request id, so sending it twice sends it once.
   * @throws {CallError} as `chat.send` and `chat.regenerate` do.
   */
  async sendMessages({ trigger, chatId, messageId, messages, abortSignal }: SendOptions) {
    try {
      const { runId } =
        trigger === 'submit-message'
          ? await this.#submit(chatId, messages.at(-1))
          : await this.#client.chat.regenerate.mutate({
              chatId,
              ...(messageId !== undefined && { messageId }),
            });
      return this.#follow(chatId, runId, abortSignal);
    } catch (error) {
      throw toCallError(error);
    }
  }

  /**
   * Follows the answer being written in a chat, from its beginning; `null` when none is.
   * @throws {CallError} as `chat.get` does.
   */
  async reconnectToStream({ chatId, abortSignal }: ReconnectOptions) {
    try {
      const { activeRunId } = await this.#client.chat.get.query({ id: chatId });
      return activeRunId === null ? null : this.#follow(chatId, activeRunId, abortSignal);
    } catch (error) {
      throw toCallError(error);
    }
  }

  #submit(chatId: string, message: ChatMessage | undefined) {
    if (message?.role !== 'user') throw new Error('The last message must be a user message.');
    const parts = message.parts.flatMap((part) =>
      part.type === 'text' ? [{ type: part.type, text: part.text }] : [],
    );
    return this.#client.chat.send.mutate({ chatId, clientRequestId: message.id, parts });
  }

  /**
   * The chunks of a run. Network errors are waited out by the subscription; where the server refuses the connection,
   * it is asked why, and when that passes the run is followed on from the last event that arrived. So it is when the
   * session has ended: the browser may have another one, because a guest signed up in another tab, or a password was changed.
   */
  #follow(chatId: string, runId: string, signal: AbortSignal | undefined): ReadableStream<UIMessageChunk> {
    let unsubscribe: () => void = () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let open = true;
    const close = () => {
      open = false;
      clearTimeout(timer);
      unsubscribe();
    };
    return new ReadableStream<UIMessageChunk>({
      start: (controller) => {
        let lastEventId: string | undefined;
        let attempts = 0;
        let isSignedOut = false;
        const fail = (error: unknown) => {
          if (!open) return;
          close();
          controller.error(toCallError(error));
        };
        const end = () => {
          if (!open) return;
          close();
          controller.close();
        };
        const subscribe = () => {
          const input = { chatId, runId, ...(lastEventId !== undefined && { lastEventId }) };
          const subscription = this.#client.chat.stream.subscribe(input, {
            onData: ({ id, data }) => {
              if (!open) return;
              lastEventId = id;
              attempts = 0;
              isSignedOut = false;
              for (const chunk of withEnding(data)) controller.enqueue(chunk);
            },
            onComplete: end,
            onError: (error) => {
              // The message has it all, and whoever shows the chat reads it when the stream has ended.
              if (errorDataOf(error)?.code === 'STREAM_GONE') {
                end();
                return;
              }
              let pause = errorDataOf(error) ? undefined : RETRY_MS[attempts++];
              if (errorDataOf(error)?.code === 'UNAUTHORIZED' && !isSignedOut) {
                isSignedOut = true;
                pause = SIGNED_IN_MS;
              }
              if (pause === undefined) fail(error);
              else if (open) timer = setTimeout(retry, pause);
            },
          });
          unsubscribe = () => {
            subscription.unsubscribe();
          };
        };
        const retry = () => {
          // A refused event stream does not tell its reason; an ordinary call does.
          this.#client.chat.get.query({ id: chatId }).then(
            () => {
              if (open) subscribe();
            },
            (error: unknown) => {
              const pause = errorDataOf(error)?.retryable === false ? undefined : RETRY_MS[attempts++];
              if (pause === undefined) fail(error);
              else if (open) timer = setTimeout(retry, pause);
            },
          );
        };
        signal?.addEventListener('abort', end, { once: true });
        if (signal?.aborted) end();
        else subscribe();
      },
      cancel: close,
    });
  }
}

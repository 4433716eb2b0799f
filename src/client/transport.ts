import type { TRPCClient } from '@trpc/client';
import type { ChatTransport, UIMessageChunk } from 'ai';
import { isErrorCode } from '#contract/error-codes';
import { FILE_PATH } from '#contract/file-limits';
import type { AppRouter } from './app-router.d.ts';
import { errorDataOf, toCallError } from './errors.ts';
import type { ChatMessage, MessageMetadata } from './messages.ts';

type SendOptions = Parameters<ChatTransport<ChatMessage>['sendMessages']>[0];
type ReconnectOptions = Parameters<ChatTransport<ChatMessage>['reconnectToStream']>[0];

/** The pauses before attempts to follow a run again, in milliseconds. A network error does not count as an attempt. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 8_000];

/** The pause before checking whether a new session has replaced one that ended, in milliseconds. */
const SIGNED_IN_MS = 1_000;

/** Returns message metadata for a chunk that reports that the answer did not end normally. */
function endingOf(chunk: UIMessageChunk): MessageMetadata | null {
  if (chunk.type === 'abort') return { status: chunk.reason === 'interrupted' ? 'interrupted' : 'stopped' };
  if (chunk.type !== 'data-error') return null;
  const { data } = chunk;
  if (typeof data !== 'object' || data === null || !('code' in data) || !isErrorCode(data.code)) return null;
  const detail = 'detail' in data && typeof data.detail === 'string' ? data.detail : undefined;
  return { status: 'failed', error: data.code, ...(detail !== undefined && { detail }) };
}

/** Returns the run that `resumeStream({ metadata: { runId } })` of `useChat` asks for. */
function runIdOf(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null || !('runId' in metadata)) return null;
  return typeof metadata.runId === 'string' ? metadata.runId : null;
}

/** Adds metadata chunks for the ending of an answer, because `useChat` keeps only those. */
function withEnding(chunks: readonly UIMessageChunk[]): UIMessageChunk[] {
  return chunks.flatMap((chunk) => {
    const messageMetadata = endingOf(chunk);
    return messageMetadata ? [{ type: 'message-metadata', messageMetadata } as const, chunk] : [chunk];
  });
}

/**
 * The AI SDK's chat transport over the typed procedures. The server writes answers in the background: a client that
 * disconnects, also with `stop()` of `useChat`, only stops reading. The procedure `chat.stop` stops the answer itself.
 */
export class TrpcChatTransport implements ChatTransport<ChatMessage> {
  /** A client that reconnects gets the answer from its beginning. */
  readonly resumeStreamIsReplay = true;
  readonly #client: TRPCClient<AppRouter>;

  constructor(client: TRPCClient<AppRouter>) {
    this.#client = client;
  }

  /**
   * Sends the last message or regenerates an answer, and follows the run. The id of a user message is its request id,
   * so a repeated send has no further effect.
   * @throws {CallError} the errors of `chat.send` and `chat.regenerate`.
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
   * Follows an answer in progress from its beginning: that of `metadata.runId`, or else the one of the chat. Returns
   * `null` if there is none.
   * @throws {CallError} the errors of `chat.get`.
   */
  async reconnectToStream({ chatId, abortSignal, metadata }: ReconnectOptions) {
    try {
      const runId = runIdOf(metadata) ?? (await this.#client.chat.get.query({ id: chatId })).activeRunId;
      return runId === null ? null : this.#follow(chatId, runId, abortSignal);
    } catch (error) {
      throw toCallError(error);
    }
  }

  #submit(chatId: string, message: ChatMessage | undefined) {
    if (message?.role !== 'user') throw new Error('The last message must be a user message.');
    const parts = message.parts.flatMap((part) =>
      part.type === 'text' ? [{ type: part.type, text: part.text }] : [],
    );
    const files = message.parts.flatMap((part) =>
      part.type === 'file' && part.url.startsWith(FILE_PATH) ? [part.url.slice(FILE_PATH.length)] : [],
    );
    return this.#client.chat.send.mutate({
      chatId,
      clientRequestId: message.id,
      parts,
      ...(files.length > 0 && { files }),
    });
  }

  /**
   * Returns the chunks of a run. The subscription itself reconnects after network errors. If the server rejects the
   * connection, an ordinary call gets the reason. If that call succeeds, the run is followed from the last event on.
   * The same happens if the session has ended: the browser may have a new one, because a guest signed up in another tab
   * or a password was changed.
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
              // The stored message has the whole answer. The page loads it when the stream ends.
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
          // A rejected event stream does not have the reason, but an ordinary call does.
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

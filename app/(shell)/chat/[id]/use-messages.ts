import { useEffect, useMemo, useRef, useState } from 'react';
import { loadAnswerReader } from '#src/client/answer-reader.ts';
import { toCallError } from '#src/client/errors.ts';
import type { ChatMessage } from '#src/client/messages.ts';
import { TrpcChatTransport } from '#src/client/transport.ts';
import { trpc } from '#src/client/trpc.ts';

/** Whether the page follows an answer: it waits for its first part, receives parts, or has failed to follow it. */
type Status = 'ready' | 'submitted' | 'streaming' | 'error';

/** Calls `callback` before the next frame, or soon if the page is hidden and has no frames. */
function beforeNextFrame(callback: () => void): void {
  if (document.hidden) setTimeout(callback, 100);
  else requestAnimationFrame(callback);
}

/** Returns the messages with a new state of one of them, or with a new one at their end. */
function withMessage(messages: ChatMessage[], message: ChatMessage): ChatMessage[] {
  const index = messages.findLastIndex(({ id }) => id === message.id);
  return index === -1 ? [...messages, message] : messages.with(index, message);
}

/**
 * The messages on the page of a chat, and the answer in progress that it follows. It does the part of `useChat` that the
 * page needs. It renders an answer once per frame, and loads the AI SDK with the first answer.
 * @param stored the messages at first.
 * @param onError called if the page could not follow an answer.
 */
export function useMessages(chatId: string, stored: ChatMessage[], onError: (error: Error) => void) {
  const { client } = trpc.useUtils();
  const transport = useMemo(() => new TrpcChatTransport(client), [client]);
  const [messages, setMessages] = useState(stored);
  const [status, setStatus] = useState<Status>('ready');
  /** Ends the following of an answer. */
  const following = useRef<AbortController | null>(null);
  useEffect(() => () => following.current?.abort(), []);

  /** Shows the states of an answer until its end. */
  async function show(states: AsyncIterable<ChatMessage>, signal: AbortSignal) {
    let newest: ChatMessage | null = null;
    const render = () => {
      const message = newest;
      newest = null;
      if (!message || signal.aborted) return;
      setStatus('streaming');
      setMessages((shown) => withMessage(shown, message));
    };
    try {
      for await (const message of states) {
        if (!newest) beforeNextFrame(render);
        newest = message;
      }
    } finally {
      render();
    }
  }

  /**
   * Follows an answer in progress from its beginning until its end. Does not reject.
   * @param runId the run that writes it; undefined for the one of the chat.
   */
  async function follow(runId?: string): Promise<void> {
    following.current?.abort();
    const own = new AbortController();
    following.current = own;
    const { signal } = own;
    const metadata = runId === undefined ? undefined : { runId };
    setStatus('submitted');
    try {
      const [{ readUIMessageStream }, stream] = await Promise.all([
        loadAnswerReader(),
        transport.reconnectToStream({ chatId, abortSignal: signal, metadata }),
      ]);
      if (stream) await show(readUIMessageStream<ChatMessage>({ stream, terminateOnError: true }), signal);
      if (!signal.aborted) setStatus('ready');
    } catch (error) {
      if (signal.aborted) return;
      own.abort();
      setStatus('error');
      onError(toCallError(error));
    }
  }

  return {
    messages,
    setMessages,
    status,
    follow,
    /** Forgets that the page could not follow an answer. */
    clearError: () => setStatus((before) => (before === 'error' ? 'ready' : before)),
  };
}

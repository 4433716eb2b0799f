'use client';

import { useChat } from '@ai-sdk/react';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { errorDataOf } from '#src/client/errors.ts';
import { type ChatMessage, mergeMessages, textOf, toChatMessage } from '#src/client/messages.ts';
import { TrpcChatTransport } from '#src/client/transport.ts';
import { trpc } from '#src/client/trpc.ts';
import { messagesInput } from '../list-input.ts';
import { notifyOtherTabs } from '../use-other-tabs.ts';

/** The interval of checks for changes on other devices while the page is visible, in milliseconds. */
const POLL_MS = 15_000;
/** The shortest interval between two renderings of an answer in progress, in milliseconds. */
const THROTTLE_MS = 50;

/** The state of a chat on the page: its messages, the answer in progress and the actions. */
export function useConversation(chatId: string) {
  const utils = trpc.useUtils();
  const chat = trpc.chat.get.useQuery(
    { id: chatId },
    {
      refetchInterval: (query) => (query.state.status === 'error' ? false : POLL_MS),
    },
  );
  const pages = trpc.chat.messages.useInfiniteQuery(messagesInput(chatId), {
    getNextPageParam: (page) => page.nextCursor,
  });
  const stored = useMemo(
    () => (pages.data?.pages ?? []).toReversed().flatMap((page) => page.items.map(toChatMessage)),
    [pages.data],
  );
  const transport = useMemo(() => new TrpcChatTransport(utils.client), [utils.client]);
  const { messages, setMessages, sendMessage, regenerate, resumeStream, clearError, status, error } =
    useChat<ChatMessage>({
      id: chatId,
      messages: stored,
      transport,
      throttle: THROTTLE_MS,
    });
  /** True if this page is receiving an answer. */
  const following = status === 'submitted' || status === 'streaming';
  const last = messages.at(-1);

  /** Reloads the chat from the server. Called after each answer, also a failed one. */
  function reload() {
    void utils.chat.get.invalidate({ id: chatId });
    void utils.chat.messages.invalidate({ chatId });
    void utils.chat.list.invalidate();
  }

  /** The id of the answer that this page follows, so that it is not followed twice. */
  const followed = useRef<string | null>(null);
  const takeOver = useEffectEvent(() => {
    setMessages((shown) => (error ? shown : mergeMessages(shown, stored, following)));
    const newest = stored.at(-1);
    if (following || newest?.metadata?.status !== 'streaming' || followed.current === newest.id) return;
    followed.current = newest.id;
    void resumeStream().then(reload);
  });
  useEffect(() => {
    takeOver();
    return () => {
      followed.current = null;
    };
  }, [stored]);

  // Another device sent a message, or an answer started or ended there.
  const activeAt = chat.data?.activeAt.getTime();
  const activeRunId = chat.data?.activeRunId;
  const seen = useRef({ activeAt, activeRunId });
  useEffect(() => {
    const isNews = seen.current.activeAt !== activeAt || seen.current.activeRunId !== activeRunId;
    seen.current = { activeAt, activeRunId };
    if (isNews) void utils.chat.messages.invalidate({ chatId });
  }, [activeAt, activeRunId, chatId, utils]);

  // With the first part of an answer the chat has its title and moves up in the list.
  const isStreaming = status === 'streaming';
  useEffect(() => {
    if (!isStreaming) return;
    void utils.chat.list.invalidate();
    notifyOtherTabs(chatId);
  }, [isStreaming, chatId, utils]);

  const continueAnswer = trpc.chat.continue.useMutation({
    onSuccess: () => void resumeStream().then(reload),
  });
  const selectBranch = trpc.chat.selectBranch.useMutation({ onSettled: () => reload() });

  function retry() {
    clearError();
    if (last?.role === 'user') {
      // Without a status the server has not stored the message. Its id makes it safe to send again.
      const unsent = last.metadata?.status === undefined;
      void (unsent ? sendMessage({ text: textOf(last), messageId: last.id }) : regenerate()).then(reload);
    } else void resumeStream().then(reload);
  }

  return {
    chat: chat.data,
    /** True if the chat was deleted. */
    isGone: errorDataOf(chat.error)?.code === 'NOT_FOUND',
    messages,
    /** True if an answer is in progress. */
    busy: following || (status === 'ready' && last?.metadata?.status === 'streaming'),
    /** The error of the last request, or `null` if the failed answer itself shows it. */
    error: last?.metadata?.status === 'failed' ? null : error,
    /** The error of a rejected change. */
    rejection: continueAnswer.error ?? selectBranch.error,
    send: (text: string) => void sendMessage({ text }).then(reload),
    /** Regenerates an answer. */
    regenerate: (messageId: string) => void regenerate({ messageId }).then(reload),
    /** Continues the last answer. */
    continueAnswer: () => continueAnswer.mutate({ chatId }),
    /** Shows another version of a message. */
    selectBranch: (messageId: string) => selectBranch.mutate({ chatId, messageId }),
    retry,
    hasOlder: pages.hasNextPage,
    isLoadingOlder: pages.isFetchingNextPage,
    loadOlder: () => void pages.fetchNextPage(),
  };
}

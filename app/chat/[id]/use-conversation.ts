'use client';

import { useChat } from '@ai-sdk/react';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { errorDataOf } from '#src/client/errors.ts';
import { type ChatMessage, mergeMessages, textOf, toChatMessage } from '#src/client/messages.ts';
import { TrpcChatTransport } from '#src/client/transport.ts';
import { trpc } from '#src/client/trpc.ts';
import { messagesInput } from '../list-input.ts';
import { tellOtherTabs } from '../use-other-tabs.ts';

/** How often to look whether something was said on another device, while the page is visible, in milliseconds. */
const LOOK_MS = 15_000;
/** How often a growing answer is drawn at most. */
const THROTTLE_MS = 50;

/** A chat on the page: what was said, what is being written, and what can be done. */
export function useConversation(chatId: string) {
  const utils = trpc.useUtils();
  const chat = trpc.chat.get.useQuery(
    { id: chatId },
    {
      refetchInterval: (query) => (query.state.status === 'error' ? false : LOOK_MS),
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
  /** Whether this page is waiting for words of an answer. */
  const following = status === 'submitted' || status === 'streaming';
  const last = messages.at(-1);

  /** Asks the server how the chat is now; after every answer, however it ended. */
  function look() {
    void utils.chat.get.invalidate({ id: chatId });
    void utils.chat.messages.invalidate({ chatId });
    void utils.chat.list.invalidate();
  }

  /** The answer this page has begun to follow, so that it is not begun twice. */
  const followed = useRef<string | null>(null);
  const takeOver = useEffectEvent(() => {
    setMessages((shown) => (error ? shown : mergeMessages(shown, stored, following)));
    const newest = stored.at(-1);
    if (following || newest?.metadata?.status !== 'streaming' || followed.current === newest.id) return;
    followed.current = newest.id;
    void resumeStream().then(look);
  });
  useEffect(() => {
    takeOver();
    return () => {
      followed.current = null;
    };
  }, [stored]);

  // Something was said elsewhere, or an answer has begun there or ended.
  const activeAt = chat.data?.activeAt.getTime();
  const activeRunId = chat.data?.activeRunId;
  const seen = useRef({ activeAt, activeRunId });
  useEffect(() => {
    const isNews = seen.current.activeAt !== activeAt || seen.current.activeRunId !== activeRunId;
    seen.current = { activeAt, activeRunId };
    if (isNews) void utils.chat.messages.invalidate({ chatId });
  }, [activeAt, activeRunId, chatId, utils]);

  // The first words of an answer: the chat has its title now, and moves up in the list.
  const isStreaming = status === 'streaming';
  useEffect(() => {
    if (!isStreaming) return;
    void utils.chat.list.invalidate();
    tellOtherTabs(chatId);
  }, [isStreaming, chatId, utils]);

  const goOn = trpc.chat.continue.useMutation({ onSuccess: () => void resumeStream().then(look) });
  const selectBranch = trpc.chat.selectBranch.useMutation({ onSettled: () => look() });

  function retry() {
    clearError();
    if (last?.role === 'user') {
      // Without a status the server has never had it. Under its own id it is sent once, however often it is tried.
      const unsent = last.metadata?.status === undefined;
      void (unsent ? sendMessage({ text: textOf(last), messageId: last.id }) : regenerate()).then(look);
    } else void resumeStream().then(look);
  }

  return {
    chat: chat.data,
    /** Whether it was deleted meanwhile. */
    isGone: errorDataOf(chat.error)?.code === 'NOT_FOUND',
    messages,
    /** Whether an answer is being written. */
    busy: following || (status === 'ready' && last?.metadata?.status === 'streaming'),
    /** Why nothing came; `null` where an answer itself says how it failed. */
    error: last?.metadata?.status === 'failed' ? null : error,
    /** Why a change was refused. */
    refusal: goOn.error ?? selectBranch.error,
    send: (text: string) => void sendMessage({ text }).then(look),
    /** Has an answer written anew. */
    regenerate: (messageId: string) => void regenerate({ messageId }).then(look),
    /** Has the last answer go on where it broke off. */
    goOn: () => goOn.mutate({ chatId }),
    /** Shows another version of a message. */
    selectBranch: (messageId: string) => selectBranch.mutate({ chatId, messageId }),
    retry,
    hasOlder: pages.hasNextPage,
    isLoadingOlder: pages.isFetchingNextPage,
    loadOlder: () => void pages.fetchNextPage(),
  };
}

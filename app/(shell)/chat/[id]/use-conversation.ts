'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { v4 as newId } from 'uuid';
import type { AttachedFile, Question } from '#src/client/drafts.ts';
import { errorDataOf, type Failure } from '#src/client/errors.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { type ChatMessage, attachedFilesOf, mergeMessages, toChatMessage } from '#src/client/messages.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { messagesInput } from '../list-input.ts';
import { newQuestion, sentQuestion, useOutbox } from '../use-outbox.ts';
import { notifyOtherTabs } from '../use-other-tabs.ts';
import { useMessages } from './use-messages.ts';

/** The interval of checks for changes on other devices while the page is visible, in milliseconds. */
const POLL_MS = 15_000;

type Run = Outputs['chat']['send'];

/** A failed action, and how to repeat it. */
interface Problem extends Failure {
  retry: (() => void) | undefined;
  /** True if the page could not follow an answer. It may follow it again by itself. */
  isOfStream: boolean;
}

const toMessage = ({ id, text, files = [] }: Question): ChatMessage => ({
  id,
  role: 'user',
  parts: [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...files.map(({ filename, mediaType, url }) => ({ type: 'file' as const, filename, mediaType, url })),
  ],
});

/** Returns the messages up to the question that the answer `messageId` belongs to, or up to that question itself. */
function untilQuestion(messages: ChatMessage[], messageId: string): ChatMessage[] {
  const index = messages.findIndex(({ id }) => id === messageId);
  return messages.slice(0, messages[index]?.role === 'user' ? index + 1 : index);
}

/** The state of a chat on the page: its messages, the answer in progress and the actions. */
export function useConversation(chatId: string) {
  const { failureOf } = useErrorMessages();
  const router = useRouter();
  const utils = trpc.useUtils();
  const chat = trpc.chat.get.useQuery(
    { id: chatId },
    {
      refetchInterval: ({ state }) => (errorDataOf(state.error)?.retryable === false ? false : POLL_MS),
    },
  );
  const pages = trpc.chat.messages.useInfiniteQuery(messagesInput(chatId), {
    getNextPageParam: (page) => page.nextCursor,
  });
  const stored = useMemo(
    () => (pages.data?.pages ?? []).toReversed().flatMap((page) => page.items.map(toChatMessage)),
    [pages.data],
  );
  const [problem, setProblem] = useState<Problem | null>(null);
  /** The number of actions of this page that change the messages and have not ended. */
  const [actions, setActions] = useState(0);
  /** When the last one ended. Before its next refresh, the server's list may lack messages of this page. */
  const [endedAt, setEndedAt] = useState(0);
  /** The id of the answer that this page follows, so that it is not followed twice. */
  const followed = useRef<string | null>(null);
  const isMounted = useRef(false);
  const { messages, setMessages, status, ...answer } = useMessages(chatId, stored, (error) => {
    const retry = () => void perform(() => follow());
    setProblem({ ...failureOf(error), retry, isOfStream: true });
    // The page follows the answer again as soon as the server responds, unless it would be rejected again.
    if (errorDataOf(error)?.retryable !== false) followed.current = null;
  });

  const sending = trpc.chat.send.useMutation({ networkMode: 'always' });
  const outbox = useOutbox(chatId, (question) => {
    const { id } = question;
    return sending.mutateAsync({ chatId, clientRequestId: id, ...sentQuestion(question), shown: { id } });
  });
  const regenerating = trpc.chat.regenerate.useMutation();
  const continuing = trpc.chat.continue.useMutation();
  const stopping = trpc.chat.stop.useMutation();
  const editing = trpc.chat.edit.useMutation({ networkMode: 'always' });
  const selecting = trpc.chat.selectBranch.useMutation();
  const forking = trpc.chat.fork.useMutation();
  const summarizing = trpc.chat.summarize.useMutation();

  /** True if this page is changing the messages or receiving an answer. */
  const isActive = actions > 0 || status === 'submitted' || status === 'streaming';
  /** True while the page may show messages that the server's list lacks. */
  const isAhead = isActive || pages.dataUpdatedAt < endedAt;
  const last = messages.at(-1);
  const oldest = stored[0]?.id;
  const isOldestShown = oldest === undefined || messages.some(({ id }) => id === oldest);
  const ending = last?.role === 'assistant' ? last.metadata?.status : undefined;
  const busy = isActive || (status === 'ready' && ending === 'streaming');

  function report(error: unknown, retry?: () => void) {
    setProblem({ ...failureOf(error), retry, isOfStream: false });
  }

  /** Reloads the chat from the server. Called after each action, also a failed one. */
  async function reload() {
    void utils.chat.list.invalidate();
    await Promise.all([
      utils.chat.get.invalidate({ id: chatId }),
      utils.chat.messages.invalidate({ chatId }),
    ]);
  }

  /** Does something that changes the messages. The page then shows the server's list again. */
  async function perform(action: () => Promise<void>) {
    setProblem(null);
    answer.clearError();
    setActions((count) => count + 1);
    await action();
    setEndedAt(Date.now());
    setActions((count) => count - 1);
    await reload();
  }

  /** Shows an answer in progress until its end: that of a run, or the one of the chat. */
  async function follow(run?: Run) {
    // The page may be left before the server responds.
    if (!isMounted.current) return;
    if (run) followed.current = run.messageId;
    await answer.follow(run?.runId);
  }

  /** Sends a question and shows its answer. */
  const ask = (question: Question, ifRunning: 'draft' | 'queue' = 'draft') =>
    perform(async () => {
      setMessages((shown) => [...shown, toMessage(question)]);
      const run = await outbox.send(question, ifRunning);
      if (run) await follow(run);
      else setMessages((shown) => shown.filter(({ id }) => id !== question.id));
    });

  /** Starts a run for a question that the server has, and shows its answer. */
  const restart = (start: () => Promise<Run>, retry: () => void, fromId?: string) =>
    perform(async () => {
      try {
        const run = await start();
        if (fromId !== undefined) setMessages((shown) => untilQuestion(shown, fromId));
        await follow(run);
      } catch (error) {
        report(error, retry);
      }
    });

  function regenerate(messageId: string, model?: string) {
    const input = { chatId, messageId, ...(model !== undefined && { model }) };
    const start = () => regenerating.mutateAsync(input);
    void restart(start, () => regenerate(messageId, model), messageId);
  }

  /** @param clientId the same for a retry, which then does not copy the messages again. */
  function fork(messageId: string, clientId: string = newId()) {
    setProblem(null);
    forking.mutate(
      { chatId, messageId, clientId },
      {
        onSuccess({ id }) {
          notifyOtherTabs(id);
          void utils.chat.list.invalidate();
          router.push(`/chat/${id}`);
        },
        onError: (error) => report(error, () => fork(messageId, clientId)),
      },
    );
  }

  /** @param failedId an answer for which the conversation was too long. It is then regenerated. */
  async function summarize(failedId?: string) {
    setProblem(null);
    try {
      // A call returns after some time although the summary is not complete.
      while ((await summarizing.mutateAsync({ chatId })).status === 'summarizing');
    } catch (error) {
      report(error, () => void summarize(failedId));
      return;
    }
    await reload();
    if (failedId !== undefined) regenerate(failedId);
  }

  function continueAnswer() {
    void restart(() => continuing.mutateAsync({ chatId }), continueAnswer);
  }

  /** Sends another version of a question and shows its answer. Rejects if the server does not accept it. */
  async function edit(messageId: string, text: string) {
    const message = messages.find(({ id }) => id === messageId);
    const files = message ? attachedFilesOf(message) : [];
    const run = await editing.mutateAsync({
      chatId,
      messageId,
      ...sentQuestion({ id: messageId, text, files }),
    });
    void perform(async () => {
      const edited = toMessage({ id: `${messageId}-edited`, text, files });
      setMessages((shown) => [...untilQuestion(shown, messageId).slice(0, -1), edited]);
      await follow(run);
    });
  }

  const takeOver = useEffectEvent(() => {
    setMessages((shown) => mergeMessages(shown, stored, isAhead));
    if (isAhead) return;
    const newest = stored.at(-1);
    if (newest?.metadata?.status !== 'streaming') {
      followed.current = null;
      answer.clearError();
    } else if (followed.current !== newest.id) {
      followed.current = newest.id;
      void perform(() => follow());
    }
  });
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
      followed.current = null;
    };
  }, []);
  useEffect(() => takeOver(), [pages.dataUpdatedAt, isAhead]);

  // Another device sent a message, or an answer started or ended there.
  const activeAt = chat.data?.activeAt.getTime();
  const activeRunId = chat.data?.activeRunId;
  const seen = useRef({ activeAt, activeRunId });
  useEffect(() => {
    const isNews = seen.current.activeAt !== activeAt || seen.current.activeRunId !== activeRunId;
    seen.current = { activeAt, activeRunId };
    if (!isNews) return;
    followed.current = null;
    setProblem(null);
    void utils.chat.messages.invalidate({ chatId });
  }, [activeAt, activeRunId, chatId, utils]);

  // With the first part of an answer the chat has its title and moves up in the list.
  const isStreaming = status === 'streaming';
  useEffect(() => {
    if (!isStreaming) return;
    void utils.chat.list.invalidate();
    notifyOtherTabs(chatId);
  }, [isStreaming, chatId, utils]);

  // The server can have a question although its response did not arrive.
  const confirm = useEffectEvent(() => {
    const known = new Set(pages.data?.pages.flatMap(({ items }) => items.map(({ clientId }) => clientId)));
    outbox.confirm(outbox.unsent.flatMap(({ id, failure }) => (failure && known.has(id) ? [id] : [])));
  });
  useEffect(() => confirm(), [pages.data, outbox.unsent]);

  function sendQueued() {
    const question = outbox.takeQueued();
    if (question) void ask(question, 'queue');
  }
  const continueQueue = useEffectEvent(() => {
    if (busy || isAhead || activeRunId !== null || outbox.queued?.isHeld !== false) return;
    if (ending === 'complete') sendQueued();
    else if (ending !== undefined && ending !== 'streaming') outbox.holdQueued();
  });
  useEffect(() => continueQueue(), [busy, isAhead, activeRunId, ending, last?.id, outbox.queued]);

  return {
    chat: chat.data,
    /** True if the chat was deleted. */
    isGone: errorDataOf(chat.error)?.code === 'NOT_FOUND',
    messages,
    outbox,
    /** The questions that the server does not have and that are not among the messages. */
    unsent: outbox.unsent.filter(({ id }) => !messages.some((message) => message.id === id)),
    /** True if an answer is in progress. */
    busy,
    /** True if a stop was requested. */
    isStopping: stopping.isPending,
    /**
     * The last action that failed. Null after another action, if the answer continues, or if the failed answer itself
     * shows the error.
     */
    problem: problem?.isOfStream && (status !== 'error' || ending === 'failed') ? null : problem,
    report,
    /** Sends a new question, or queues it while an answer is in progress. */
    send(text: string, files: AttachedFile[] = []) {
      const question = newQuestion(text, files);
      if (busy) outbox.queue(question);
      else void ask(question);
    },
    /** Sends a question again that was not sent. */
    retry: (question: Question) => void ask(question),
    sendQueued,
    stop() {
      outbox.holdQueued();
      stopping.mutate({ chatId }, { onError: (error) => report(error) });
    },
    /** Regenerates an answer, by another model if one is given. */
    regenerate,
    /** Summarizes the earlier messages. */
    summarize: (failedId?: string) => void summarize(failedId),
    /** True while they are summarized. */
    isSummarizing: summarizing.isPending,
    /** Starts a new chat with the messages up to this one, and opens it. */
    fork: (messageId: string) => fork(messageId),
    edit,
    /** Continues the last answer. */
    continueAnswer,
    /** Shows another version of a message. */
    selectBranch: (messageId: string) =>
      selecting.mutate(
        { chatId, messageId },
        { onError: (error) => report(error), onSettled: () => void reload() },
      ),
    // The button for older messages is there until they are shown. If it disappeared first, the others would move up.
    hasOlder: pages.hasNextPage || !isOldestShown,
    isLoadingOlder: pages.isFetchingNextPage,
    loadOlder: () => void pages.fetchNextPage(),
  };
}

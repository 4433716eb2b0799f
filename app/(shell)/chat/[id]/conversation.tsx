'use client';

import { ActionIcon, Button, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { ArrowDownIcon } from '#src/components/icons.tsx';
import { Writing } from '#src/components/message.tsx';
import { useChatTitle } from '../chat-title.ts';
import { ShareButton } from '../share-button.tsx';
import shell from '../shell.module.css';
import { TopBar } from '../top-bar.tsx';
import { UnsentQuestions } from '../unsent-questions.tsx';
import { useChatChanges } from '../use-chat-changes.ts';
import classes from './conversation.module.css';
import { Dock, useStableDockActions } from './dock.tsx';
import { MessageList } from './message-list.tsx';
import { NoSuchChat } from './no-such-chat.tsx';
import type { RenderedAnswer } from './rendered-answers.tsx';
import { TemporaryNote } from './temporary-note.tsx';
import { useConversation } from './use-conversation.ts';
import { PRODUCT } from '#contract/product';

/** The distance from the end, in pixels, that still counts as the end. */
const NEAR_END = 80;

interface ConversationProps {
  chatId: string;
  /** The answers that the server has rendered. */
  rendered: readonly RenderedAnswer[];
}

/** A chat: its messages and the composer. */
export function Conversation({ chatId, rendered }: ConversationProps) {
  const t = useTranslations('chat.conversation');
  const conversation = useConversation(chatId);
  const { chat, messages, busy, outbox, problem } = conversation;
  const { update } = useChatChanges();
  const viewport = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const title = useChatTitle()(chat);
  useDocumentTitle(`${title} · ${PRODUCT.name}`);

  function toEnd() {
    viewport.current?.scrollTo({ top: 0 });
  }

  function toInput() {
    input.current?.focus();
  }

  const dockActions = useStableDockActions({
    send(text, files) {
      conversation.send(text, files);
      toEnd();
    },
    sendQueued() {
      conversation.sendQueued();
      toInput();
    },
    stop() {
      conversation.stop();
      toInput();
    },
    selectModel: (model) =>
      update.mutate({ id: chatId, model }, { onError: (error) => conversation.report(error) }),
    editQueued: outbox.editQueued,
    removeQueued: outbox.removeQueued,
  });
  const canShare = chat?.temporary === false;
  // An answer that grows does not render it.
  const bar = useMemo(
    () => (
      <TopBar>
        <Text component="h1" fw={600} size="md" truncate className={shell['barTitle'] ?? ''}>
          {title}
        </Text>
        {canShare && <ShareButton chatId={chatId} />}
      </TopBar>
    ),
    [title, canShare, chatId],
  );

  if (conversation.isGone) return <NoSuchChat />;
  return (
    <>
      {bar}
      {chat?.temporary === true && (
        <TemporaryNote
          onKeep={() =>
            update.mutate(
              { id: chatId, temporary: false },
              { onSuccess: toInput, onError: (error) => conversation.report(error) },
            )
          }
        />
      )}
      <div
        ref={viewport}
        className={classes['viewport']}
        onScroll={(event) => setIsAtEnd(event.currentTarget.scrollTop > -NEAR_END)}
      >
        <div className={classes['column']} role="log" aria-label={t('messages')} aria-busy={busy}>
          {conversation.hasOlder && (
            <Button
              className={classes['older'] ?? ''}
              variant="default"
              size="compact-sm"
              loading={conversation.isLoadingOlder}
              onClick={conversation.loadOlder}
            >
              {t('loadOlder')}
            </Button>
          )}
          <MessageList
            messages={messages}
            rendered={rendered}
            busy={busy}
            isSummarizing={conversation.isSummarizing}
            actions={conversation}
            onAction={toInput}
          />
          {busy && messages.at(-1)?.role === 'user' && <Writing />}
          {problem && (
            <ErrorNote onRetry={problem.retry} retryAt={problem.retryAt}>
              {problem.message}
            </ErrorNote>
          )}
          <UnsentQuestions
            questions={conversation.unsent}
            outbox={outbox}
            canRetry={!busy}
            onRetry={conversation.retry}
            onAction={toInput}
          />
        </div>
      </div>
      <div className={classes['dock']}>
        {!isAtEnd && (
          <ActionIcon
            className={classes['latest'] ?? ''}
            variant="default"
            radius="xl"
            size="lg"
            aria-label={t('toLatest')}
            onClick={toEnd}
          >
            <ArrowDownIcon />
          </ActionIcon>
        )}
        <Dock
          place={outbox.place}
          queued={outbox.queued}
          note={outbox.note}
          model={chat?.model ?? null}
          busy={busy}
          isStopping={conversation.isStopping}
          inputRef={input}
          actions={dockActions}
        />
      </div>
    </>
  );
}

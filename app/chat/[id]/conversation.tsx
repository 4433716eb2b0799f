'use client';

import { ActionIcon, Button, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type ChatMessage, reasoningOf, textOf } from '#src/client/messages.ts';
import { trpc } from '#src/client/trpc.ts';
import { type Budget, shareBudget } from '#src/components/budget.ts';
import { Composer } from '#src/components/composer.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { ArrowDownIcon } from '#src/components/icons.tsx';
import { Writing } from '#src/components/message.tsx';
import { chatTitle } from '../chat-title.ts';
import { ModelSelect } from '../model-select.tsx';
import shell from '../shell.module.css';
import { TopBar } from '../top-bar.tsx';
import { useChatChanges } from '../use-chat-changes.ts';
import { ChatMessageView } from './chat-message.tsx';
import classes from './conversation.module.css';
import { NoSuchChat } from './no-such-chat.tsx';
import { useConversation } from './use-conversation.ts';
import { PRODUCT } from '#contract/product';

/** The distance from the end, in pixels, that still counts as the end. */
const NEAR_END = 80;

const NOTHING: Budget = { text: 0, reasoning: 0 };

/** Returns the parts of a message that are parsed: all text of an answer, nothing of a question. */
const written = (message: ChatMessage) =>
  message.role === 'user'
    ? { text: '', reasoning: '' }
    : { text: textOf(message), reasoning: reasoningOf(message) };

/** A chat: its messages and the composer. */
export function Conversation({ chatId }: { chatId: string }) {
  const conversation = useConversation(chatId);
  const { chat, messages, busy, error } = conversation;
  const stop = trpc.chat.stop.useMutation();
  const { update } = useChatChanges();
  const viewport = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const budgets = shareBudget(messages, written);
  const title = chatTitle(chat);
  useDocumentTitle(`${title} · ${PRODUCT.name}`);

  function toEnd() {
    viewport.current?.scrollTo({ top: 0 });
  }

  if (conversation.isGone) return <NoSuchChat />;
  const problem = error ?? conversation.rejection ?? stop.error ?? update.error;
  return (
    <>
      <TopBar>
        <Text component="h1" fw={600} size="md" truncate className={shell['barTitle'] ?? ''}>
          {title}
        </Text>
      </TopBar>
      <div
        ref={viewport}
        className={classes['viewport']}
        onScroll={(event) => setIsAtEnd(event.currentTarget.scrollTop > -NEAR_END)}
      >
        <div className={classes['column']} role="log" aria-label="Conversation" aria-busy={busy}>
          {conversation.hasOlder && (
            <Button
              className={classes['older'] ?? ''}
              variant="default"
              size="compact-sm"
              loading={conversation.isLoadingOlder}
              onClick={conversation.loadOlder}
            >
              Load older
            </Button>
          )}
          {messages.map((message, index) => (
            <ChatMessageView
              key={message.id}
              message={message}
              budget={budgets[index] ?? NOTHING}
              isLast={index === messages.length - 1}
              streaming={busy && index === messages.length - 1}
              can={busy ? null : conversation}
            />
          ))}
          {busy && messages.at(-1)?.role === 'user' && <Writing />}
          {problem && (
            <ErrorNote onRetry={error ? conversation.retry : undefined}>{errorMessage(problem)}</ErrorNote>
          )}
        </div>
      </div>
      <div className={classes['dock']}>
        {!isAtEnd && (
          <ActionIcon
            className={classes['latest'] ?? ''}
            variant="default"
            radius="xl"
            size="lg"
            aria-label="Go to latest message"
            onClick={toEnd}
          >
            <ArrowDownIcon />
          </ActionIcon>
        )}
        <Composer
          inputRef={input}
          writing={busy}
          stopping={stop.isPending}
          onSend={(text) => {
            conversation.send(text);
            toEnd();
          }}
          onStop={() => {
            stop.mutate({ chatId });
            input.current?.focus();
          }}
        >
          <ModelSelect
            value={chat?.model ?? null}
            disabled={busy}
            onChange={(model) => update.mutate({ id: chatId, model })}
          />
        </Composer>
      </div>
    </>
  );
}

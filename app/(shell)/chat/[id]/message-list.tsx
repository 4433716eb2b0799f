'use client';

import { useDisclosure } from '@mantine/hooks';
import { Fragment, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { stopReading } from '#src/client/speech.ts';
import { type ChatMessage, contextStartOf, stableMessages, writtenIn } from '#src/client/messages.ts';
import { shareBudget } from '#src/components/budget.ts';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { ChatMessageView, type MessageActions } from './chat-message.tsx';
import classes from './message-list.module.css';
import type { MenuOfMessage, MessageMenuProps } from './message-menu.tsx';
import type { RenderedAnswer } from './rendered-answers.tsx';
import { MemoryLine, SummaryNote } from './summary-note.tsx';

const messageMenu = onDemand<MessageMenuProps>(() =>
  import('./message-menu.tsx').then((module) => module.MessageMenu),
);

/** What the page does with the messages of its chat. */
interface ListActions extends Omit<MessageActions, 'openMenu' | 'regenerate' | 'summarize'> {
  /** Regenerates an answer, by another model if one is given. */
  regenerate: (messageId: string, model?: string) => void;
  /** Starts a new chat with the messages up to this one. */
  fork: (messageId: string) => void;
  /** Summarizes the earlier messages, and then regenerates an answer if one is given. */
  summarize: (failedId?: string) => void;
}

interface MessageListProps {
  /** Oldest first. */
  messages: readonly ChatMessage[];
  /** The answers that the server has rendered for this page. */
  rendered: readonly RenderedAnswer[];
  /** True if an answer is in progress. */
  busy: boolean;
  /** True while the earlier messages are summarized. */
  isSummarizing: boolean;
  actions: ListActions;
  /** Called after an action that starts an answer, because its button is hidden then. */
  onAction: () => void;
}

/** Returns an object that stays the same and has the newest actions. */
function useStableActions(
  actions: ListActions,
  onAction: () => void,
  openMenu: MessageActions['openMenu'],
): MessageActions {
  const newest = useRef({ actions, onAction });
  useLayoutEffect(() => {
    newest.current = { actions, onAction };
  });
  return useMemo(
    () => ({
      openMenu,
      regenerate(messageId) {
        newest.current.actions.regenerate(messageId);
        newest.current.onAction();
      },
      summarize(messageId) {
        newest.current.actions.summarize(messageId);
        newest.current.onAction();
      },
      continueAnswer() {
        newest.current.actions.continueAnswer();
        newest.current.onAction();
      },
      selectBranch: (messageId) => newest.current.actions.selectBranch(messageId),
      async edit(messageId, text) {
        await newest.current.actions.edit(messageId, text);
        newest.current.onAction();
      },
    }),
    [openMenu],
  );
}

/**
 * The messages of a chat. While an answer is in progress, it is updated for each frame, and only the message that has
 * changed is rendered.
 */
export function MessageList(props: MessageListProps) {
  const { messages, rendered, busy, isSummarizing, actions, onAction } = props;
  const [stable] = useState(stableMessages);
  // Another visit renders them again, but the elements on the page stay.
  const [renderedById] = useState(() => new Map(rendered.map((answer) => [answer.messageId, answer])));
  const [menuOf, setMenuOf] = useState<MenuOfMessage | null>(null);
  const [isMenuOpen, { toggle, close }] = useDisclosure(false);
  useLoad(messageMenu, isMenuOpen, close);
  const openMenu = useCallback<MessageActions['openMenu']>(
    (message, button) => {
      setMenuOf({ message, button });
      toggle();
    },
    [toggle],
  );
  useEffect(() => stopReading, []);
  const stableActions = useStableActions(actions, onAction, openMenu);
  const shown = messages.map(stable);
  const contextStart = contextStartOf(shown);
  const hasSummary = shown.some(({ metadata }) => typeof metadata?.summary === 'string');
  const budgets = shareBudget(shown, writtenIn);
  return (
    <div className={classes['list']} data-busy={busy || undefined}>
      {shown.map((message, index) => {
        const isLast = index === shown.length - 1;
        return (
          // Versions of a message have the same key, so that the button of the other version keeps the focus.
          <Fragment key={message.metadata?.branchIds?.[0] ?? message.id}>
            {message.id === contextStart && (
              <MemoryLine
                hasSummary={hasSummary}
                {...{ busy, isSummarizing }}
                onSummarize={actions.summarize}
              />
            )}
            <ChatMessageView
              message={message}
              isLast={isLast}
              streaming={busy && isLast}
              textBudget={budgets[index]?.text ?? 0}
              reasoningBudget={budgets[index]?.reasoning ?? 0}
              rendered={renderedById.get(message.id)}
              isSummarizing={isLast && isSummarizing}
              canSummarize={index > 1}
              actions={stableActions}
            />
            {typeof message.metadata?.summary === 'string' && (
              <SummaryNote>{message.metadata.summary}</SummaryNote>
            )}
          </Fragment>
        );
      })}
      <messageMenu.View
        props={{
          of: menuOf,
          isOpen: isMenuOpen,
          onClose: close,
          onFork: actions.fork,
          onRegenerate(messageId, model) {
            actions.regenerate(messageId, model);
            onAction();
          },
        }}
      />
    </div>
  );
}

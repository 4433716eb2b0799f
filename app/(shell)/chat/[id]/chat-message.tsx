'use client';

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Activity, memo, type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { ERRORS } from '#contract/errors';
import { useTranslations } from '#texts';
import { type ChatMessage, filesOf, reasoningOf, textOf } from '#src/client/messages.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { AnswerDetails } from '#src/components/answer-details.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { IconButton } from '#src/components/icon-button.tsx';
import { CheckIcon, CopyIcon } from '#src/components/basic-icons.tsx';
import { DotsIcon, PencilIcon, RefreshIcon } from '#src/components/icons.tsx';
import { LazyMarkdown } from '#src/components/lazy-markdown.tsx';
import { MessageTime } from '#src/components/message-time.tsx';
import { ActionBar, Answer, UserMessage } from '#src/components/message.tsx';
import { Sources } from '#src/components/sources.tsx';
import { Versions } from '#src/components/versions.tsx';
import { MessageEditor } from './message-editor.tsx';
import classes from './message-list.module.css';
import type { RenderedAnswer } from './rendered-answers.tsx';
import { sourcesOf } from './sources-of.ts';
import { SummarizeButton } from './summary-note.tsx';

/** The actions for the messages of a chat. */
export interface MessageActions {
  /** Regenerates an answer. */
  regenerate: (messageId: string) => void;
  /** Opens the menu of a message beside its button. */
  openMenu: (message: ChatMessage, button: HTMLButtonElement) => void;
  /** Summarizes the earlier messages, and regenerates an answer for which the conversation was too long. */
  summarize: (messageId: string) => void;
  /** Continues the last answer. */
  continueAnswer: () => void;
  /** Shows another version of a message. */
  selectBranch: (messageId: string) => void;
  /** Sends another version of a question. Rejects if the server does not accept it. */
  edit: (messageId: string, text: string) => Promise<void>;
}

interface ChatMessageViewProps {
  message: ChatMessage;
  isLast: boolean;
  /** True if the answer is in progress. */
  streaming: boolean;
  /** The costs up to which the text and the reasoning of an answer are parsed. */
  textBudget: number;
  reasoningBudget: number;
  /** The elements of an answer that the server has rendered. */
  rendered: RenderedAnswer | undefined;
  /** True while the messages before this one are summarized. */
  isSummarizing: boolean;
  /** True if there are earlier messages to summarize. */
  canSummarize: boolean;
  /** Always the same object, so that a message is not rendered again when another one changes. */
  actions: MessageActions;
}

/** Returns a note in the language of the page for an answer that did not end normally, or is empty. */
function useEndingNote(props: ChatMessageViewProps): ReactNode {
  const t = useTranslations('chat.conversation');
  const tCommon = useTranslations('common');
  const { messageOfCode } = useErrorMessages();
  const { message, isLast, isSummarizing, canSummarize, actions } = props;
  const { status, error, detail } = message.metadata ?? {};
  if (status === 'stopped') return t('stopped');
  if (status === 'interrupted') return t('interrupted');
  if (status === 'complete' && textOf(message) === '' && reasoningOf(message) === '') {
    return t('empty');
  }
  if (status !== 'failed') return null;
  const code = error ?? 'INTERNAL_SERVER_ERROR';
  const { title, retryable } = ERRORS[code];
  const isTooLong = error === 'CONTEXT_TOO_LONG' && canSummarize;
  return (
    <ErrorNote
      onRetry={isLast ? () => actions.regenerate(message.id) : undefined}
      retryLabel={retryable ? tCommon('tryAgain') : t('regenerate')}
      action={
        isLast && isTooLong ? (
          <SummarizeButton isSummarizing={isSummarizing} onClick={() => actions.summarize(message.id)} />
        ) : undefined
      }
    >
      {messageOfCode(code, detail ?? `${title}.`)}
    </ErrorNote>
  );
}

function CopyAction({ text, label }: { text: string; label: string }) {
  const t = useTranslations('common');
  const { copied, copy } = useClipboard();
  return (
    <IconButton label={copied ? t('copied') : label} onClick={() => copy(text)}>
      {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
    </IconButton>
  );
}

/** The buttons that cannot be used while an answer is in progress. The list hides them then, without rendering them. */
function IdleActions({ children }: { children: ReactNode }) {
  return <span className={classes['idle']}>{children}</span>;
}

/** The button of the menu of a message. A list has only one menu. */
function MenuButton({ message, actions }: Pick<ChatMessageViewProps, 'message' | 'actions'>) {
  const t = useTranslations('chat.conversation');
  const button = useRef<HTMLButtonElement>(null);
  return (
    <IconButton
      ref={button}
      label={t('moreActions')}
      hasMenu
      onClick={() => {
        if (button.current) actions.openMenu(message, button.current);
      }}
    >
      <DotsIcon size={16} />
    </IconButton>
  );
}

type QuestionProps = Pick<ChatMessageViewProps, 'message' | 'actions'>;

function Question({ message, actions }: QuestionProps) {
  const t = useTranslations('chat.conversation');
  const { id, metadata = {} } = message;
  const [isEditing, setIsEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const text = textOf(message);
  if (isEditing) {
    return (
      <MessageEditor
        text={text}
        onSend={async (edited) => {
          await actions.edit(id, edited);
          setIsEditing(false);
        }}
        onCancel={() => {
          flushSync(() => setIsEditing(false));
          editButton.current?.focus();
        }}
      />
    );
  }
  return (
    <UserMessage
      text={text}
      files={filesOf(message)}
      actions={
        <ActionBar>
          <MessageTime date={metadata.createdAt} />
          <CopyAction text={text} label={t('copyQuestion')} />
          <IdleActions>
            <IconButton ref={editButton} label={t('editQuestion')} onClick={() => setIsEditing(true)}>
              <PencilIcon size={16} />
            </IconButton>
            <MenuButton message={message} actions={actions} />
            <Versions ids={metadata.branchIds ?? []} id={id} onSelect={actions.selectBranch} />
          </IdleActions>
        </ActionBar>
      }
    />
  );
}

/** The text and the reasoning of an answer, which are rendered here if the server has not done it. */
function contentOf({ message, streaming, textBudget, reasoningBudget, rendered }: ChatMessageViewProps) {
  const text = textOf(message);
  const reasoning = reasoningOf(message);
  if (!streaming && rendered?.length === text.length + reasoning.length) return rendered;
  const markdown = (content: string, budget: number) =>
    content !== '' && (
      <LazyMarkdown streaming={streaming} budget={budget}>
        {content}
      </LazyMarkdown>
    );
  return { text: markdown(text, textBudget), reasoning: markdown(reasoning, reasoningBudget) };
}

/** An answer of a chat. */
function ChatAnswer(props: ChatMessageViewProps) {
  const { message, isLast, streaming, actions } = props;
  const t = useTranslations('chat.conversation');
  const note = useEndingNote(props);
  const { id, metadata = {} } = message;
  const text = textOf(message);
  const regenerate = () => actions.regenerate(id);
  const { status } = metadata;
  const isCut = status === 'failed' && text !== '';
  const canContinue = isCut || status === 'stopped' || status === 'interrupted';
  const content = contentOf(props);
  return (
    <Answer
      text={content.text}
      reasoning={content.reasoning}
      streaming={streaming}
      sources={<Sources sources={sourcesOf(message)} />}
      note={streaming ? null : note}
      actions={
        !streaming && (
          <ActionBar>
            {text !== '' && <CopyAction text={text} label={t('copyAnswer')} />}
            <IdleActions>
              <IconButton label={t('regenerate')} onClick={regenerate}>
                <RefreshIcon size={16} />
              </IconButton>
              <MenuButton message={message} actions={actions} />
              <Versions ids={metadata.branchIds ?? []} id={id} onSelect={actions.selectBranch} />
              {isLast && canContinue && (
                <Button variant="subtle" color="gray" size="compact-sm" onClick={actions.continueAnswer}>
                  {t('continue')}
                </Button>
              )}
            </IdleActions>
            <MessageTime date={metadata.createdAt} />
            <AnswerDetails model={metadata.model} usage={metadata.usage} />
          </ActionBar>
        )
      }
    />
  );
}

/** A message of a chat. */
export const ChatMessageView = memo(function ChatMessageView(props: ChatMessageViewProps) {
  const { message, actions } = props;
  return (
    <Activity>
      {message.role === 'user' ? <Question message={message} actions={actions} /> : <ChatAnswer {...props} />}
    </Activity>
  );
});

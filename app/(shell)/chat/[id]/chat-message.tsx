'use client';

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { memo, type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { ERRORS } from '#contract/errors';
import { inLocalTime } from '#src/client/errors.ts';
import { type ChatMessage, filesOf, reasoningOf, textOf } from '#src/client/messages.ts';
import { AnswerDetails } from '#src/components/answer-details.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { IconButton } from '#src/components/icon-button.tsx';
import { CheckIcon, CopyIcon, DotsIcon, PencilIcon, RefreshIcon } from '#src/components/icons.tsx';
import { LazyMarkdown } from '#src/components/lazy-markdown.tsx';
import { MessageTime } from '#src/components/message-time.tsx';
import { ActionBar, Answer, UserMessage } from '#src/components/message.tsx';
import { Sources } from '#src/components/sources.tsx';
import { Versions } from '#src/components/versions.tsx';
import { MessageEditor } from './message-editor.tsx';
import classes from './message-list.module.css';
import type { RenderedAnswer } from './rendered-answers.tsx';
import { sourcesOf } from './sources-of.ts';

/** The actions for the messages of a chat. */
export interface MessageActions {
  /** Regenerates an answer. */
  regenerate: (messageId: string) => void;
  /** Opens the menu of a message beside its button. */
  openMenu: (message: ChatMessage, button: HTMLButtonElement) => void;
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
  /** Always the same object, so that a message is not rendered again when another one changes. */
  actions: MessageActions;
}

/** Returns a note for an answer that did not end normally, or is empty. */
function endingNote(message: ChatMessage, onRetry: (() => void) | undefined): ReactNode {
  const { status, error, detail } = message.metadata ?? {};
  if (status === 'stopped') return 'You stopped this answer.';
  if (status === 'interrupted') return 'This answer was interrupted because the server stopped.';
  if (status === 'complete' && textOf(message) === '' && reasoningOf(message) === '') {
    return 'The model returned an empty answer.';
  }
  if (status !== 'failed') return null;
  const { title, retryable } = ERRORS[error ?? 'INTERNAL_SERVER_ERROR'];
  return (
    <ErrorNote onRetry={onRetry} retryLabel={retryable ? 'Try again' : 'Regenerate'}>
      {inLocalTime(detail ?? `${title}.`)}
    </ErrorNote>
  );
}

function CopyAction({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useClipboard();
  return (
    <IconButton label={copied ? 'Copied' : label} onClick={() => copy(text)}>
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
  const button = useRef<HTMLButtonElement>(null);
  return (
    <IconButton
      ref={button}
      label="More actions"
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
          <CopyAction text={text} label="Copy question" />
          <IdleActions>
            <IconButton ref={editButton} label="Edit question" onClick={() => setIsEditing(true)}>
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

/** A message of a chat. */
export const ChatMessageView = memo(function ChatMessageView(props: ChatMessageViewProps) {
  const { message, isLast, streaming, actions } = props;
  if (message.role === 'user') return <Question message={message} actions={actions} />;
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
      note={streaming ? null : endingNote(message, isLast ? regenerate : undefined)}
      actions={
        !streaming && (
          <ActionBar>
            {text !== '' && <CopyAction text={text} label="Copy answer" />}
            <IdleActions>
              <IconButton label="Regenerate" onClick={regenerate}>
                <RefreshIcon size={16} />
              </IconButton>
              <MenuButton message={message} actions={actions} />
              <Versions ids={metadata.branchIds ?? []} id={id} onSelect={actions.selectBranch} />
              {isLast && canContinue && (
                <Button variant="subtle" color="gray" size="compact-sm" onClick={actions.continueAnswer}>
                  Continue
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
});

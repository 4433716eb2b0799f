import { Text, VisuallyHidden } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslations } from '#texts';
import { AttachedFiles } from './attached-files.tsx';
import { LongText } from './long-text.tsx';
import { Thinking } from './thinking.tsx';
import classes from './message.module.css';

/** The number of characters of a question shown at first. */
const SHOWN = 8000;

/** The buttons of a message. With a mouse they are shown if it is over the message, and always below the last answer. */
export function ActionBar({ children }: { children: ReactNode }) {
  return <div className={classes['actions']}>{children}</div>;
}

interface UserMessageProps {
  text: string;
  files?: ComponentProps<typeof AttachedFiles>['files'] | undefined;
  actions?: ReactNode;
}

/** A question of the user. */
export function UserMessage({ text, files = [], actions }: UserMessageProps) {
  const t = useTranslations('chat.message');
  return (
    <article className={classes['user']}>
      <VisuallyHidden>{t('question')}</VisuallyHidden>
      <AttachedFiles files={files} />
      {text !== '' && (
        <div className={classes['bubble']}>
          <LongText text={text} shown={SHOWN} />
        </div>
      )}
      {actions}
    </article>
  );
}

interface AnswerProps {
  /** The rendered text, if there is any yet. */
  text: ReactNode;
  /** The rendered reasoning of the model, if there is any. */
  reasoning?: ReactNode;
  /** True if the answer is in progress. */
  streaming?: boolean;
  /** The reason why the answer ended early, if it did. */
  note?: ReactNode;
  /** The sources of the answer. */
  sources?: ReactNode;
  /** The buttons of the answer. */
  actions?: ReactNode;
}

/** Returns the text of an answer as it is shown, without its reasoning and its buttons. @param inside an element of it. */
export function shownText(inside: Element): string {
  const text = inside.closest('article')?.querySelector('[data-shown-text]');
  return text instanceof HTMLElement ? text.innerText : '';
}

/** An answer of the assistant. */
export function Answer({ text, reasoning, streaming = false, note, sources, actions }: AnswerProps) {
  const t = useTranslations('chat.message');
  return (
    <article className={classes['answer']} data-testid="answer">
      <VisuallyHidden>{t('answer')}</VisuallyHidden>
      {reasoning && (
        <details className={classes['reasoning']}>
          <summary>{streaming && !text ? <Thinking /> : t('thoughts')}</summary>
          {reasoning}
        </details>
      )}
      <div data-shown-text>{text}</div>
      {sources}
      {streaming && <Writing />}
      {note && (
        <Text size="sm" c="dimmed" mt="xs" component="div">
          {note}
        </Text>
      )}
      {actions}
    </article>
  );
}

/** Shows that an answer is in progress. */
export function Writing() {
  const t = useTranslations('chat.message');
  return (
    <span className={classes['writing']}>
      <VisuallyHidden>{t('writing')}</VisuallyHidden>
      <i />
      <i />
      <i />
    </span>
  );
}

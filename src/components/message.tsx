import { Group, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { LongText } from './long-text.tsx';
import { Markdown } from './markdown.tsx';
import { type Budget } from './budget.ts';
import classes from './message.module.css';

/** How much of a question is shown at first, in characters. */
const SHOWN = 8000;

/** What somebody said. */
export function UserMessage({ text, actions }: { text: string; actions?: ReactNode }) {
  return (
    <article className={classes['user']}>
      <VisuallyHidden>You said:</VisuallyHidden>
      <div className={classes['bubble']}>
        <LongText text={text} shown={SHOWN} />
      </div>
      {actions}
    </article>
  );
}

interface AnswerProps {
  text: string;
  /** What the model thought before it answered, where it told. */
  reasoning: string;
  /** Whether it is being written. */
  streaming: boolean;
  /** How much of it is parsed. */
  budget: Budget;
  /** Why it ended before its end, where it did. */
  note?: ReactNode;
  /** What can be done with it. */
  actions?: ReactNode;
}

/** What the assistant answered. */
export function Answer({ text, reasoning, streaming, budget, note, actions }: AnswerProps) {
  return (
    <article className={classes['answer']} data-testid="answer">
      <VisuallyHidden>The assistant answered:</VisuallyHidden>
      {reasoning !== '' && (
        <details className={classes['reasoning']}>
          <summary>Thoughts</summary>
          <Markdown streaming={streaming} budget={budget.reasoning}>
            {reasoning}
          </Markdown>
        </details>
      )}
      {text !== '' && (
        <Markdown streaming={streaming} budget={budget.text}>
          {text}
        </Markdown>
      )}
      {streaming && <Writing />}
      {note && (
        <Text size="sm" c="dimmed" mt="xs" component="div">
          {note}
        </Text>
      )}
      {actions && (
        <Group gap={2} className={classes['actions'] ?? ''}>
          {actions}
        </Group>
      )}
    </article>
  );
}

/** Shows that an answer is being written. */
export function Writing() {
  return (
    <span className={classes['writing']}>
      <VisuallyHidden>The answer is being written.</VisuallyHidden>
      <i />
      <i />
      <i />
    </span>
  );
}

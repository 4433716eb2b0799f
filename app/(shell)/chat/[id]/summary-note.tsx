'use client';

import { Button } from '@mantine/core';
import { useState } from 'react';
import { LazyMarkdown } from '#src/components/lazy-markdown.tsx';
import { MESSAGE_COST } from '#src/components/markdown-pieces.ts';
import { useTranslations } from '#texts';
import classes from './message-list.module.css';

interface SummarizeProps {
  /** True while the messages are summarized. */
  isSummarizing: boolean;
  onClick: () => void;
}

/** The button that summarizes the earlier messages of a chat. */
export function SummarizeButton({ isSummarizing, onClick }: SummarizeProps) {
  const t = useTranslations('chat.conversation');
  return (
    <Button size="compact-sm" variant="default" disabled={isSummarizing} onClick={onClick}>
      {isSummarizing ? t('summarizing') : t('summarize')}
    </Button>
  );
}

interface MemoryLineProps {
  /** True if the model gets a summary of some messages above the line. */
  hasSummary: boolean;
  busy: boolean;
  isSummarizing: boolean;
  onSummarize: () => void;
}

/** The line above the first message that the model gets. */
export function MemoryLine({ hasSummary, busy, isSummarizing, onSummarize }: MemoryLineProps) {
  const t = useTranslations('chat.conversation');
  return (
    <div className={classes['context']} role="group" aria-label={t('memory')}>
      <p>{hasSummary ? t('onlySummary') : t('notSeen')}</p>
      {!busy && <SummarizeButton isSummarizing={isSummarizing} onClick={() => onSummarize()} />}
    </div>
  );
}

/** A summary that the model gets in place of the messages above it. */
export function SummaryNote({ children }: { children: string }) {
  const t = useTranslations('chat.conversation');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className={classes['summary']} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={classes['context']}>
        <span>{t('summary')}</span>
      </summary>
      {isOpen && (
        <>
          <p className={classes['about']}>{t('summaryHint')}</p>
          <LazyMarkdown streaming={false} budget={MESSAGE_COST}>
            {children}
          </LazyMarkdown>
        </>
      )}
    </details>
  );
}

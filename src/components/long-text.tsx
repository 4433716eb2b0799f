'use client';

import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from '#texts';
import classes from './long-text.module.css';

interface LongTextProps {
  text: string;
  /** The number of characters shown at first. */
  shown: number;
}

/** A plain text of any length: its beginning, with a button to show all of it. */
export function LongText({ text, shown }: LongTextProps) {
  const t = useTranslations('common');
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen || text.length <= shown)
    return (
      <div className={classes['text']} dir="auto">
        {text}
      </div>
    );
  return (
    <div>
      {shown > 0 && (
        <div className={classes['text']} dir="auto">
          {text.slice(0, shown).toWellFormed()}…
        </div>
      )}
      <Button
        className={classes['more'] ?? ''}
        variant="default"
        size="compact-sm"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {t('showAll')}
      </Button>
    </div>
  );
}

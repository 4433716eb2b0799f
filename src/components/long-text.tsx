'use client';

import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './long-text.module.css';

interface LongTextProps {
  text: string;
  /** How much of it is shown at first, in characters. */
  shown: number;
}

/** A text of any length as it was written: its beginning, and all of it to those who ask for it. */
export function LongText({ text, shown }: LongTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen || text.length <= shown) return <div className={classes['text']}>{text}</div>;
  return (
    <div>
      {shown > 0 && <div className={classes['text']}>{text.slice(0, shown).toWellFormed()}…</div>}
      <Button
        className={classes['more'] ?? ''}
        variant="default"
        size="compact-sm"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Show all
      </Button>
    </div>
  );
}

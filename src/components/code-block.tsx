'use client';

import { useClipboard } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import './code-colors.css';
import classes from './code-block.module.css';
import { colorWhileVisible } from './code-colors.ts';
import { IconButton } from './icon-button.tsx';
import { CheckIcon, CopyIcon, WrapIcon } from './basic-icons.tsx';

interface CodeBlockProps {
  code: string;
  /** The language that the author gave, or `''`. */
  language: string;
  /** False while more code is added. */
  isComplete: boolean;
}

/** A code block of an answer. */
export function CodeBlock({ code, language, isComplete }: CodeBlockProps) {
  const t = useTranslations('common');
  const [wraps, setWraps] = useState(false);
  const { copied, copy } = useClipboard();
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isComplete || !element.current) return undefined;
    return colorWhileVisible(element.current, language);
  }, [code, language, isComplete]);
  return (
    <div className={classes['block']}>
      <div className={classes['head']}>
        <span className={classes['language']} translate="no">
          {language === '' ? t('plainText') : language}
        </span>
        <IconButton label={t('wrapLines')} pressed={wraps} onClick={() => setWraps(!wraps)}>
          <WrapIcon size={15} />
        </IconButton>
        <IconButton label={t(copied ? 'copied' : 'copyCode')} onClick={() => copy(code.replace(/\n$/, ''))}>
          {copied ? <CheckIcon size={15} /> : <CopyIcon size={15} />}
        </IconButton>
      </div>
      <pre translate="no" tabIndex={0} dir="ltr" className={wraps ? classes['wraps'] : undefined}>
        <code ref={element}>{code}</code>
      </pre>
    </div>
  );
}

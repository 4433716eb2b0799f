'use client';

import { useEffect, useRef, useState } from 'react';
import classes from './maths.module.css';
import { renderMaths } from './render-maths.ts';

interface MathsProps {
  /** TeX. */
  source: string;
  /** True to show it on a line of its own. */
  isDisplay: boolean;
}

/** Maths of an answer. It is the source until KaTeX has rendered it, and stays that if KaTeX cannot. */
export function Maths({ source, isDisplay }: MathsProps) {
  const target = useRef<HTMLSpanElement>(null);
  const [isRendered, setIsRendered] = useState(false);
  useEffect(() => {
    const element = target.current;
    return element ? renderMaths({ element, source, isDisplay, onEnd: setIsRendered }) : undefined;
  }, [source, isDisplay]);
  const mark = isDisplay ? '$$' : '$';
  return (
    <span className={isDisplay ? classes['display'] : classes['inline']} dir="ltr" translate="no">
      <span ref={target} hidden={!isRendered} />
      {!isRendered && (
        <code>
          {mark}
          {source}
          {mark}
        </code>
      )}
    </span>
  );
}

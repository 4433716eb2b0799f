'use client';

import { memo, useId, useMemo, useState } from 'react';
import { KeepSelection } from './keep-selection.tsx';
import { LongText } from './long-text.tsx';
import { elementsOf, FencedCode, PlainText } from './markdown-elements.tsx';
import { MESSAGE_COST, type Piece, piecesOf, PREVIEW } from './markdown-pieces.ts';
import { growingTree, type Surroundings, treeOf } from './markdown-tree.ts';
import classes from './markdown.module.css';

interface PieceProps extends Piece {
  /** True if the text is the end of an answer in progress. */
  streaming: boolean;
  prefix: string;
  /** The labels of all footnotes, joined by line breaks. */
  notes: string;
}

/**
 * A piece of an answer. Its props are strings instead of objects, so that only the last piece of an answer in progress
 * is rendered again.
 */
export const PieceView = memo(function PieceView({ kind, text, streaming, prefix, notes }: PieceProps) {
  if (kind === 'plain') return <PlainText text={text} />;
  if (kind === 'code') return <FencedCode source={text} streaming={streaming} />;
  const isNotes = kind === 'notes';
  return <Parsed text={text} streaming={streaming} prefix={prefix} notes={notes} isNotes={isNotes} />;
});

interface ParsedProps extends Omit<PieceProps, 'kind'> {
  isNotes: boolean;
}

function Parsed({ text, streaming, prefix, notes, isNotes }: ParsedProps) {
  const surroundings = useMemo<Surroundings>(
    () => ({ prefix, notes: notes === '' ? [] : notes.split('\n'), isNotes }),
    [prefix, notes, isNotes],
  );
  const [grow] = useState(growingTree);
  if (text.trim() === '') return null;
  return elementsOf(streaming ? grow(text, surroundings) : treeOf(text, surroundings));
}

export interface MarkdownProps {
  children: string;
  /** True if the text is incomplete. Then unclosed marks are rendered as if they were closed. */
  streaming?: boolean;
  /** The cost up to which the text is parsed, in the units of `piecesOf`. The rest is plain text behind a button. */
  budget?: number;
}

/**
 * The Markdown of an answer, complete or in progress. Its content is not trusted. Pages load it when they need it: see
 * `LazyMarkdown`.
 */
export const Markdown = memo(function Markdown({
  children,
  streaming = false,
  budget = MESSAGE_COST,
}: MarkdownProps) {
  const prefix = useId();
  const { pieces, notes, rest } = useMemo(() => piecesOf(children, budget), [children, budget]);
  const last = streaming && rest === '' ? pieces.length - 1 : -1;
  return (
    <KeepSelection className={classes['prose']} active={streaming}>
      {pieces.map(({ kind, text }, index) => (
        <PieceView
          key={index}
          kind={kind}
          text={text}
          streaming={index === last}
          prefix={prefix}
          notes={notes.join('\n')}
        />
      ))}
      {rest !== '' && <LongText text={rest} shown={pieces.length === 0 ? PREVIEW : 0} />}
    </KeepSelection>
  );
});

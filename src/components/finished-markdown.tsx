import { useId } from 'react';
import { LongText } from './long-text.tsx';
import { elementsOf, FencedCode, PlainText } from './markdown-elements.tsx';
import { type Piece, piecesOf, PREVIEW } from './markdown-pieces.ts';
import { treeOf } from './markdown-tree.ts';
import classes from './markdown.module.css';
import { useOwnTurn } from './turns.ts';

interface FinishedPieceProps extends Piece {
  prefix: string;
  notes: readonly string[];
}

function FinishedPiece({ kind, text, prefix, notes }: FinishedPieceProps) {
  useOwnTurn();
  if (kind === 'plain') return <PlainText text={text} />;
  if (kind === 'code') return <FencedCode source={text} streaming={false} />;
  if (text.trim() === '') return null;
  return elementsOf(treeOf(text, { prefix, notes, isNotes: kind === 'notes' }));
}

interface FinishedMarkdownProps {
  children: string;
  /** The cost up to which the text is parsed, as of `Markdown`. */
  budget: number;
}

/**
 * The same elements as those of `Markdown`, for a text that does not change. It is rendered by the server, so that the
 * page needs no code for Markdown.
 */
export function FinishedMarkdown({ children, budget }: FinishedMarkdownProps) {
  const prefix = useId();
  const { pieces, notes, rest } = piecesOf(children, budget);
  return (
    <div className={classes['prose']}>
      {pieces.map(({ kind, text }, index) => (
        <FinishedPiece key={index} kind={kind} text={text} prefix={prefix} notes={notes} />
      ))}
      {rest !== '' && <LongText text={rest} shown={pieces.length === 0 ? PREVIEW : 0} />}
    </div>
  );
}

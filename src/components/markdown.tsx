'use client';

import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ComponentProps, isValidElement, memo, type ReactNode, useId, useMemo, useState } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { CodeBlock } from './code-block.tsx';
import { KeepSelection } from './keep-selection.tsx';
import { LongText } from './long-text.tsx';
import { codeOf, MESSAGE_COST, type Piece, piecesOf } from './markdown-pieces.ts';
import { growingTree, type Surroundings, treeOf } from './markdown-tree.ts';
import classes from './markdown.module.css';
import { useOwnTurn } from './turns.ts';

/** Returns the text content of a React node. */
function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(plainText).join('');
  return isValidElement<{ children?: ReactNode }>(node) ? plainText(node.props.children) : '';
}

/** A code block within a list or a quote. */
function Pre({ children }: ComponentProps<'pre'>) {
  const name = isValidElement<{ className?: string }>(children) ? children.props.className : undefined;
  return <CodeBlock code={plainText(children)} language={name?.replace(/^language-/, '') ?? ''} isComplete />;
}

function Link({ href, children, id, 'aria-label': label }: ComponentProps<'a'>) {
  // A link to a place in the page, such as a footnote.
  if (href?.startsWith('#')) {
    return (
      <a href={href} id={id} aria-label={label}>
        {children}
      </a>
    );
  }
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/**
 * Links to an image instead of loading it, and shows its host. Its URL comes from a model, so loading it could send data
 * of the chat to the owner of that URL.
 */
function ImageLink({ src, alt = '' }: ComponentProps<'img'>) {
  if (typeof src !== 'string') return null;
  const host = URL.canParse(src) ? new URL(src).host : null;
  return (
    <Link href={src}>
      {alt === '' ? src : alt}
      {alt !== '' && host && <span className={classes['host']}> ({host})</span>}
    </Link>
  );
}

function Table({ children, dir }: ComponentProps<'table'>) {
  return (
    <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Table">
      <table dir={dir}>{children}</table>
    </div>
  );
}

const components = { a: Link, img: ImageLink, pre: Pre, table: Table };

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
  useOwnTurn();
  if (kind === 'plain') return <div className={classes['plain']}>{text}</div>;
  if (kind === 'code') return <FencedCode source={text} streaming={streaming} />;
  const isNotes = kind === 'notes';
  return <Parsed text={text} streaming={streaming} prefix={prefix} notes={notes} isNotes={isNotes} />;
});

function FencedCode({ source, streaming }: { source: string; streaming: boolean }) {
  const { code, language, isComplete } = codeOf(source);
  return <CodeBlock code={code} language={language} isComplete={isComplete || !streaming} />;
}

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
  const tree = streaming ? grow(text, surroundings) : treeOf(text, surroundings);
  return (
    <div className={classes['piece']}>
      {toJsxRuntime(tree, { Fragment, jsx, jsxs, components, passKeys: true, ignoreInvalidStyle: true })}
    </div>
  );
}

/** The number of characters shown of an answer that is not parsed at all. */
const PREVIEW = 600;

interface MarkdownProps {
  children: string;
  /** True if the text is incomplete. Then unclosed marks are rendered as if they were closed. */
  streaming?: boolean;
  /** The cost up to which the text is parsed, in the units of `piecesOf`. The rest is plain text behind a button. */
  budget?: number;
}

/** The Markdown of an answer, complete or in progress. Its content is not trusted. */
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

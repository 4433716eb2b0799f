'use client';

import { ActionIcon, CopyButton } from '@mantine/core';
import { type ComponentProps, isValidElement, memo, type ReactNode, useMemo } from 'react';
import { type Components, defaultRehypePlugins, type ExtraProps, Streamdown } from 'streamdown';
import { CheckIcon, CopyIcon } from './icons.tsx';
import { LongText } from './long-text.tsx';
import { MESSAGE_COST, type Piece, piecesOf } from './markdown-pieces.ts';
import classes from './markdown.module.css';
import { useOwnTurn } from './turns.ts';

type Props<Tag extends 'a' | 'code' | 'img' | 'pre' | 'table'> = ComponentProps<Tag> & ExtraProps;

/** The text below a node of React elements. */
function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(plainText).join('');
  return isValidElement<{ children?: ReactNode }>(node) ? plainText(node.props.children) : '';
}

function CodeBlock({ children }: Partial<Props<'pre'>>) {
  return (
    <div className={classes['block']}>
      <pre tabIndex={0}>{children}</pre>
      <CopyButton value={plainText(children).replace(/\n$/, '')}>
        {({ copied, copy }) => (
          <ActionIcon
            className={classes['copy'] ?? ''}
            variant="default"
            size="md"
            aria-label={copied ? 'Copied' : 'Copy code'}
            onClick={copy}
          >
            {copied ? <CheckIcon size={15} /> : <CopyIcon size={15} />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}

function Code({ children }: Props<'code'>) {
  return <code>{children}</code>;
}

function Link({ href, children }: Props<'a'>) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/**
 * A picture is not loaded, only linked: its address was made up by a model, and loading it would tell whoever owns
 * that address whatever the model put there.
 */
function Picture({ src, alt }: Props<'img'>) {
  return typeof src === 'string' ? (
    <Link href={src}>{alt === undefined || alt === '' ? src : alt}</Link>
  ) : null;
}

function Table({ children }: Props<'table'>) {
  return (
    <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  );
}

const components: Components = {
  a: Link,
  img: Picture,
  pre: CodeBlock,
  code: Code,
  table: Table,
};

interface SyntaxNode {
  type: string;
  children?: SyntaxNode[];
}

/** Makes HTML in an answer into text that shows it. */
function showHtml(node: SyntaxNode): void {
  if (node.type === 'raw') node.type = 'text';
  node.children?.forEach(showHtml);
}

/** Streamdown's own, which check every address, but for the one that makes HTML into elements. */
const rehypePlugins = Object.entries(defaultRehypePlugins).map(([name, plugin]) =>
  name === 'raw' ? () => showHtml : plugin,
);

interface PieceProps extends Piece {
  streaming: boolean;
}

/**
 * One piece of an answer. Its props are strings and no objects: while an answer grows, only its last piece is parsed
 * again.
 */
export const PieceView = memo(function PieceView({ kind, text, streaming }: PieceProps) {
  useOwnTurn();
  if (kind === 'plain') return <div className={classes['plain']}>{text}</div>;
  if (kind === 'code')
    return (
      <CodeBlock>
        <code>{text}</code>
      </CodeBlock>
    );
  return (
    <Streamdown
      className={classes['piece'] ?? ''}
      mode={streaming ? 'streaming' : 'static'}
      components={components}
      rehypePlugins={rehypePlugins}
      controls={false}
      linkSafety={{ enabled: false }}
    >
      {text}
    </Streamdown>
  );
});

/** How much is shown of an answer that is not parsed at all, in characters. */
const PREVIEW = 600;

interface MarkdownProps {
  children: string;
  /** Whether more is to come: then marks that are not closed yet are shown as if they were. */
  streaming?: boolean;
  /** How much of it is parsed, as `piecesOf` counts; the rest is shown as it was written, to those who ask for it. */
  budget?: number;
}

/** Markdown of an answer, also while it is being written, and whatever is in it. */
export const Markdown = memo(function Markdown({
  children,
  streaming = false,
  budget = MESSAGE_COST,
}: MarkdownProps) {
  const { pieces, rest } = useMemo(() => piecesOf(children, budget), [children, budget]);
  const last = streaming && rest === '' ? pieces.length - 1 : -1;
  return (
    <div className={classes['prose']}>
      {pieces.map(({ kind, text }, index) => (
        <PieceView key={index} kind={kind} text={text} streaming={index === last} />
      ))}
      {rest !== '' && <LongText text={rest} shown={pieces.length === 0 ? PREVIEW : 0} />}
    </div>
  );
});

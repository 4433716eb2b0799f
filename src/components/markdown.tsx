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

/** Returns the text content of a React node. */
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
 * Links to an image instead of loading it. Its URL comes from a model, so loading it could send data of the chat to the
 * owner of that URL.
 */
function ImageLink({ src, alt }: Props<'img'>) {
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
  img: ImageLink,
  pre: CodeBlock,
  code: Code,
  table: Table,
};

interface SyntaxNode {
  type: string;
  children?: SyntaxNode[];
}

/** Converts HTML in an answer to plain text. */
function showHtml(node: SyntaxNode): void {
  if (node.type === 'raw') node.type = 'text';
  node.children?.forEach(showHtml);
}

/** Streamdown's default plugins, which check every URL, without the one that converts HTML to elements. */
const rehypePlugins = Object.entries(defaultRehypePlugins).map(([name, plugin]) =>
  name === 'raw' ? () => showHtml : plugin,
);

interface PieceProps extends Piece {
  streaming: boolean;
}

/**
 * A piece of an answer. Its props are strings instead of objects, so that only the last piece of an answer in progress
 * is parsed again.
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

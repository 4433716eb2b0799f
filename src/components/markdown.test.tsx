import { describe, expect, test } from '@jest/globals';
import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { Markdown } from './markdown.tsx';

/** The HTML of an answer, without the styles that Mantine puts before it. */
function html(markdown: string, streaming = false): string {
  const whole = renderToStaticMarkup(
    <MantineProvider>
      <Markdown streaming={streaming}>{markdown}</Markdown>
    </MantineProvider>,
  );
  return whole.replace(/<style[^>]*>.*?<\/style>/gs, '');
}

describe('an answer', () => {
  test('has headings, lists, tables and code', () => {
    const answer = html('## Title\n\n- one\n\n| a |\n|---|\n| b |\n\n```ts\nconst x = 1;\n```');
    expect(answer).toMatch(/<h2[^>]*>Title<\/h2>/);
    expect(answer).toMatch(/<li[^>]*>one<\/li>/);
    expect(answer).toMatch(/<td[^>]*>b<\/td>/);
    expect(answer).toContain('<code>const x = 1;\n</code>');
  });

  test('opens links elsewhere, without telling where they were followed', () => {
    expect(html('[there](https://example.com/)')).toContain(
      '<a href="https://example.com/" target="_blank" rel="noopener noreferrer nofollow">there</a>',
    );
  });

  test.each(['javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x'])(
    'never links to %s',
    (address) => {
      expect(html(`[here](${address})`)).not.toContain('<a ');
    },
  );

  test.each([false, true])('shows HTML as text (streaming: %s)', (streaming) => {
    const answer = html('A <img src=x onerror=alert(1)> <b>b</b>\n\n<script>alert(1)</script>', streaming);
    expect(answer).not.toMatch(/<(img|script|b)[ >]/);
    expect(answer).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(answer).toContain('&lt;script&gt;');
  });

  test('loads no pictures: it links to them', () => {
    const answer = html('![a chart](https://evil.example/?q=secret)');
    expect(answer).not.toContain('<img');
    expect(answer).toMatch(/<a href="https:\/\/evil\.example\/\?q=secret"[^>]*>a chart<\/a>/);
  });

  test('closes what is still open while it is being written', () => {
    expect(html('This is **bo', true)).toMatch(/data-streamdown="strong"[^>]*>bo</);
  });
});

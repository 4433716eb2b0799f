import { expect, test } from '@jest/globals';
import type { ChatMessage } from '#src/client/messages.ts';
import { sourcesOf } from './sources-of.ts';

const answer = (parts: ChatMessage['parts']): ChatMessage => ({ id: 'a', role: 'assistant', parts });
const page = (url: string, title?: string) =>
  ({ type: 'source-url', sourceId: url, url, ...(title !== undefined && { title }) }) as const;

test('the sources of an answer are listed once, with the host that a link leads to', () => {
  const found = sourcesOf(
    answer([
      { type: 'text', text: 'Hello' },
      page('https://a.example/x', 'A'),
      page('https://a.example/x', 'A again'),
      page('https://user@b.example:8443/'),
      { type: 'source-document', sourceId: 'd', mediaType: 'application/pdf', title: 'Report' },
    ]),
  );
  expect(found).toEqual([
    { title: 'A again', page: { url: 'https://a.example/x', host: 'a.example' } },
    { title: 'b.example:8443', page: { url: 'https://user@b.example:8443/', host: 'b.example:8443' } },
    { title: 'Report', page: null },
  ]);
});

test.each(['javascript:alert(1)', 'data:text/html,x', '/settings', 'not an address', ''])(
  'no link leads to %j',
  (url) => {
    expect(sourcesOf(answer([page(url, 'Click me')]))).toEqual([]);
  },
);

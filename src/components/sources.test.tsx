import { expect, test } from '@jest/globals';
import { Sources } from './sources.tsx';
import { htmlOf } from './testkit.tsx';

test('a source is a link that shows its host, and tells it nothing of this page', async () => {
  const page = { url: 'https://a.example/x', host: 'a.example' };
  const html = await htmlOf(
    <Sources
      sources={[
        { title: 'Prices', page },
        { title: 'Report', page: null },
      ]}
    />,
  );
  expect(html).toContain('<summary>2 sources</summary>');
  expect(html).toContain('rel="noopener noreferrer nofollow"');
  expect(html).toMatch(
    /<a href="https:\/\/a\.example\/x"[^>]*>Prices<\/a><span translate="no"> \(a\.example\)<\/span>/,
  );
  expect(html).toMatch(/<li dir="auto">Report<\/li>/);
});

test('an answer without sources has no list of them', async () => {
  expect(await htmlOf(<Sources sources={[]} />)).not.toContain('<details');
});

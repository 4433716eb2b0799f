const ORDINARY = `## How it works

A paragraph of **ordinary** prose with \`code\`, a [link](https://example.com) and some *emphasis*, as models write it.
It has a second sentence, which is a little longer than the first one and says nothing more than that.

1. The first step
2. The second step, with \`npm start\`

\`\`\`ts
const answer = await call({ title: 'A title' });
console.log(answer.id);
\`\`\`

| name | value |
| ---- | ----- |
| one  | 1     |
| two  | 2     |

`;

/** Answers that take a careless Markdown renderer seconds or crash it, and a large ordinary answer. */
export const HOSTILE_MARKDOWN: readonly { name: string; text: string }[] = [
  { name: '20,000 unclosed emphases', text: 'a**b'.repeat(20_000) },
  { name: 'underscores and stars that never close', text: '*a _b '.repeat(15_000) },
  {
    name: 'a list 500 deep',
    text: Array.from({ length: 500 }, (_, at) => `${'  '.repeat(at)}- a`).join('\n'),
  },
  { name: '2,000 nested quotes', text: `${'>'.repeat(2_000)} a` },
  { name: 'a list in quotes in lists', text: '> - '.repeat(800).concat('a') },
  { name: 'a table of 3,000 columns', text: table(3_000, 3) },
  { name: 'a table of 20 columns and 3,000 rows', text: table(20, 3_000) },
  { name: '40,000 opening brackets', text: '['.repeat(40_000) },
  { name: 'links that never end', text: '[a]('.repeat(15_000) },
  { name: 'images in links', text: '[![a]('.repeat(10_000) },
  {
    name: 'backticks of growing length',
    text: Array.from({ length: 400 }, (_, at) => `a${'`'.repeat(at + 1)}`).join(''),
  },
  { name: 'angle brackets', text: '<a '.repeat(25_000) },
  { name: 'comments that never end', text: '<!--'.repeat(20_000) },
  { name: 'entities', text: '&amp;'.repeat(30_000) },
  {
    name: 'reference definitions',
    text: Array.from({ length: 8_000 }, (_, at) => `[${at}]: /a\n\n[${at}]`).join('\n'),
  },
  { name: 'a code fence of 0.9 MB', text: `\`\`\`ts\n${'const a = `b`;\n'.repeat(60_000)}` },
  { name: '100,000 empty lines and breaks', text: 'a  \n\n'.repeat(50_000) },
  {
    name: '100 KB of ordinary prose, code and tables',
    text: ORDINARY.repeat(Math.ceil(100_000 / ORDINARY.length)),
  },
  { name: 'email addresses and URLs', text: 'a@b.c www.a.b http://a '.repeat(4_000) },
];

function table(columns: number, rows: number): string {
  const line = (cell: string) => `|${`${cell}|`.repeat(columns)}`;
  return [line('a'), line('-'), ...Array.from({ length: rows }, () => line('b'))].join('\n');
}

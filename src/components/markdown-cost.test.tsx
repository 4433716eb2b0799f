import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { cpuTime } from '#test/cpu-time';
import { SEED } from '#test/seed';
import { shareBudget } from './budget.ts';
import { FinishedMarkdown } from './finished-markdown.tsx';
import { htmlOf } from './testkit.tsx';

const LENGTH = 40_000;
const filled = (pattern: string, length = LENGTH) =>
  pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
const lines = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');

const ordinary = filled(
  'The **server** keeps each answer, and `chat.send` returns at once. See [the docs](https://example.com/a).\n\n- one\n- two\n\n```ts\nconst a = 1;\nconst b = a + 1;\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n',
);

/** Texts that are expensive to parse as Markdown or to render. */
const HOSTILE: Record<string, string> = {
  ...Object.fromEntries(
    [
      ['a**b', '*a**b', '*a _b ', '**a *b ', '*', '_a', '~a~~b', '**a*b_c', '*'.repeat(500) + 'a'],
      ['[', ']', '[a](', '[a](b', '[a][b] ', '![[', '![', '[^a] ', '[[a]', '[a]: b\n', '[]('],
      ['`a``b', '`', '<a ', '<!--', '<b>x</b>', '<?', '<![CDATA[', '&amp;', '&', '\\*', '<http://a>'],
      ['>', '> ', '> a\n', '> a\nb\n', '- ', '1. ', '> - ', '- [ ] a\n', '1. a\n', '- a\n\n', '* a\n+ b\n'],
      ['|a', '|\n-|\n', '|a|\n|-|\n', 'a|b\n-|-\nc|d\n\n', '|', '|-'],
      ['www.a.b ', 'http://a.b/', 'a@b.c ', 'www.', 'a@', 'www.a.b/(', 'www.a.b/)', 'www.a.b/&a;'],
      [
        'a\n=\n',
        '# h\n\n',
        '#\n',
        'a  \n',
        '---\n',
        '\t',
        ' ',
        '\n',
        'a\n',
        '$a$ ',
        ':',
        '```\n',
        '~~~~',
        '    a\n\n',
      ],
    ]
      .flat()
      .map((pattern) => [JSON.stringify(pattern.slice(0, 20)), filled(pattern)]),
  ),
  'nested brackets': '['.repeat(LENGTH / 2) + ']'.repeat(LENGTH / 2),
  'nested emphasis': `${'*'.repeat(LENGTH / 2)}a${'*'.repeat(LENGTH / 2)}`,
  'runs of backticks': lines(280, (n) => '`'.repeat(n + 1)).replaceAll('\n', ' '),
  'a list 500 deep': lines(500, (n) => `${' '.repeat(2 * n)}- a`),
  'a quote 2,000 deep': `${'>'.repeat(2000)} a`,
  'ten thousand columns': `|${'a|'.repeat(10_000)}\n|${'-|'.repeat(10_000)}`,
  'cells that are filled up': `|${'a|'.repeat(3000)}\n|${'-|'.repeat(3000)}\n${'|a\n'.repeat(9000)}`,
  footnotes: `${lines(2000, (n) => `[^${n}]`)}\n\n${lines(2000, (n) => `[^${n}]: a`)}`,
  definitions: `${lines(3000, (n) => `[${n}]`)}\n\n${lines(3000, (n) => `[${n}]: a`)}`,
  'a definition in each piece': `${`[a] ${'b '.repeat(1500)}\n\n`.repeat(10)}[a]: ${'c'.repeat(5000)}`,
  'fences in a list': filled('- a\n  ```\n  b\n  ```\n'),
  'tables in a list': filled('- |a|\n  |-|\n  |b|\n'),
  'a table of many rows': `|a|b|\n|-|-|\n${filled('|c|\n')}`,
  'a table of many wide rows': `|${'a|'.repeat(30)}\n|${'-|'.repeat(30)}\n${filled('|c\n')}`,
  'one word': 'a'.repeat(LENGTH),
};

/** The number of texts per test run, because all of them would take half a minute. */
const TRIED = 20;
const kinds = fc.shuffledSubarray(Object.entries(HOSTILE), { minLength: TRIED, maxLength: TRIED });

interface Cost {
  /** The total CPU time, in milliseconds. */
  whole: number;
  /** The longest CPU time in one turn of the event loop, in milliseconds. */
  longest: number;
  html: string;
}

/** Renders answers like a page on the server. @param budget the cost up to which each answer is parsed. */
async function render(answers: string[], budget?: number): Promise<Cost> {
  const shares = shareBudget(
    answers.map((text) => ({ text })),
    ({ text }) => ({ text, reasoning: '' }),
  );
  let last = cpuTime();
  const started = last;
  let longest = 0;
  const state = { isOver: false };
  const rendering = htmlOf(
    answers.map((text, index) => (
      <FinishedMarkdown key={index} budget={budget ?? shares[index]?.text ?? 0}>
        {text}
      </FinishedMarkdown>
    )),
  ).finally(() => (state.isOver = true));
  while (!state.isOver) {
    await turn();
    longest = Math.max(longest, cpuTime() - last);
    last = cpuTime();
  }
  return { whole: last - started, longest, html: await rendering };
}

const best = (one: Cost, other: Cost): Cost => ({
  html: one.html,
  whole: Math.min(one.whole, other.whole),
  longest: Math.min(one.longest, other.longest),
});

describe('rendering answers on the server', () => {
  test('takes about as long for a hostile text as for an ordinary one, and yields to other work', async () => {
    await render([ordinary], LENGTH);
    const calm = best(await render([ordinary], LENGTH), await render([ordinary], LENGTH));
    expect(calm.longest).toBeLessThan(calm.whole / 3);
    const isSlow = ({ whole, longest }: Cost) => whole > 3 * calm.whole || longest > 5 * calm.longest;
    const slow: string[] = [];
    for (const [name, text] of fc.sample(kinds, { seed: SEED, numRuns: 1 }).flat()) {
      let cost = await render([text], LENGTH);
      for (let again = 0; again < 3 && isSlow(cost); again++) cost = best(cost, await render([text], LENGTH));
      const times = [cost.whole / calm.whole, cost.longest / calm.longest].map((ratio) => ratio.toFixed(1));
      if (isSlow(cost)) slow.push(`${name}: ${times.join(' and ')} times`);
    }
    expect(slow).toEqual([]);
  }, 300_000);

  test('has a total limit for many answers, and puts older ones behind a button', async () => {
    const one = await render([ordinary]);
    const many = await render(Array.from({ length: 40 }, () => ordinary));
    expect(many.html.length).toBeLessThan(12 * one.html.length);
    expect(many.html.split('Show all').length).toBeGreaterThan(20);
  }, 120_000);
});

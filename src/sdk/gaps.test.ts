import { expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { overGaps } from './gaps.ts';
import { ERRORS, StreamGoneError } from './generated/errors.gen.ts';
import { problemError } from './generated/problem.ts';
import type { AnswerPart } from './part.ts';

/** A block of an answer: its text in deltas, or another part. */
type Block = { type: 'text' | 'reasoning'; deltas: string[] } | { type: 'source'; url: string };

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    type: fc.constantFrom('text' as const, 'reasoning' as const),
    deltas: fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('source' as const), url: fc.webUrl() }),
);

const source = (url: string): AnswerPart => ({ type: 'source-url', sourceId: url, url });

/** The parts of the live stream, in several deltas. */
const written = (blocks: Block[]): AnswerPart[] => [
  { type: 'start', messageId: 'm' },
  { type: 'start-step' },
  ...blocks.flatMap((one, index): AnswerPart[] => {
    if (one.type === 'source') return [source(one.url)];
    const id = `w-${index}`;
    const deltas = one.deltas.map((delta): AnswerPart => ({ type: `${one.type}-delta`, id, delta }));
    return [{ type: `${one.type}-start`, id }, ...deltas, { type: `${one.type}-end`, id }];
  }),
  { type: 'finish' },
];

/** The parts that the server creates from the stored message: one delta per block. */
const stored = (blocks: Block[]): AnswerPart[] =>
  written(
    blocks.map((one) =>
      one.type === 'source' ? one : { ...one, deltas: [one.deltas.join('')].filter(Boolean) },
    ),
  );

/** Folds parts like a reader: the text of each block in order, then the other parts. */
function folded(parts: AnswerPart[]): string[] {
  const blocks: { type: string; id: string; text: string; isOpen: boolean }[] = [];
  const others: string[] = [];
  for (const part of parts) {
    if (part.type === 'text-start' || part.type === 'reasoning-start') {
      blocks.push({ type: part.type, id: part.id, text: '', isOpen: true });
    } else if (
      'id' in part &&
      (part.type === 'text-delta' ||
        part.type === 'reasoning-delta' ||
        part.type === 'text-end' ||
        part.type === 'reasoning-end')
    ) {
      const open = blocks.find((one) => one.id === part.id && one.isOpen);
      if (!open) throw new Error(`${part.type} ${part.id} belongs to no block`);
      if ('delta' in part) open.text += part.delta;
      else open.isOpen = false;
    } else others.push(JSON.stringify(part));
  }
  const texts = blocks.filter(({ text }) => text !== '').map(({ type, text }) => `${type} ${text}`);
  return [...texts, ...others];
}

test('yields each part of an answer once if the server no longer has some events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 5 }), fc.nat(40), async (blocks, cut) => {
      const all = written(blocks);
      const gone = problemError({ code: 'STREAM_GONE', status: 410, title: '', detail: '' }, ERRORS);
      expect(gone).toBeInstanceOf(StreamGoneError);
      let attempts = 0;
      async function* open() {
        await Promise.resolve();
        if (++attempts > 1) {
          yield { id: '1', data: stored(blocks) };
          return;
        }
        for (const [index, part] of all.slice(0, cut).entries())
          yield { id: String(index + 1), data: [part] };
        throw gone;
      }
      const seen: AnswerPart[] = [];
      for await (const { data } of overGaps(open)) seen.push(...data);
      const expected = folded(all);
      const found = folded(seen);
      // The last part is repeated if it was already yielded.
      if (cut >= all.length) found.pop();
      expect(found).toEqual(expected);
    }),
  );
});

test('rethrows errors other than STREAM_GONE', async () => {
  async function* open() {
    await Promise.resolve();
    yield { id: '1', data: [] };
    throw problemError({ code: 'NOT_FOUND', status: 404, title: '', detail: '' }, ERRORS);
  }
  await expect(async () => {
    for await (const event of overGaps(open)) expect(event).toBeDefined();
  }).rejects.toThrow();
});

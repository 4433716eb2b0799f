import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import fc from '#test/fast-check';
import { compileCall, proceduresOf } from '../call/compile.ts';
import { MAX_DETAIL_BYTES, MAX_ISSUES, MAX_ISSUES_BYTES } from '../limits.ts';
import { procedure, router } from '../testing/testkit.ts';
import { CoreError } from './api-error.ts';
import { coreErrors } from './define.ts';
import { invalidInput, zodIssues } from './input.ts';
import { toApiError } from './recognize.ts';
import { cutText, issuesOf, pointerTo } from './rejection.ts';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1000 }),
  fc.string({ unit: 'grapheme', maxLength: 500 }),
  fc
    .array(fc.constantFrom('\u0001', '"', '\ud800', '\udc00', '€', '😀', 'a'), { maxLength: 2000 })
    .map((all) => all.join('')),
);

describe('cutText', () => {
  test('never exceeds the limit as JSON, and cuts to well-formed text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 500 }), (value, limit) => {
        const cut = cutText(value, limit);
        expect(bytes(cut) - 2).toBeLessThanOrEqual(limit);
        expect(cut === value || (cut.isWellFormed() && cut.endsWith('…'))).toBe(true);
      }),
    );
  });

  test('does not change text that fits', () => {
    expect(cutText('x'.repeat(400), 400)).toBe('x'.repeat(400));
    expect(cutText(`${'x'.repeat(400)}y`, 400)).toBe(`${'x'.repeat(397)}…`);
  });
});

describe('the issues of an error', () => {
  test('stay within their size for any text, and count the omitted ones', () => {
    const issue = fc.record({ pointer: text, message: text });
    fc.assert(
      fc.property(fc.array(issue, { maxLength: 60 }), (all) => {
        const shown = issuesOf(all, (item) => item);
        expect(bytes(shown)).toBeLessThanOrEqual(MAX_ISSUES_BYTES + 2);
        expect(shown.length).toBeLessThanOrEqual(MAX_ISSUES);
        expect(issuesOf(shown, (item) => item)).toEqual(shown);
        if (shown.length === all.length) return;
        const more = all.length - shown.length + 1;
        expect(shown.at(-1)).toEqual({
          pointer: '',
          message: `and ${more} more issue${more > 1 ? 's' : ''}`,
        });
      }),
    );
  });

  test('are unchanged if they fit', () => {
    const all = Array.from({ length: MAX_ISSUES }, (_, i) => ({
      pointer: `/items/${i}`,
      message: 'must be a string',
    }));
    expect(invalidInput(all).options.issues).toEqual(all);
  });

  test('end with the number of omitted ones', () => {
    const { error } = z.array(z.string()).safeParse(Array.from({ length: 500 }, (_, i) => i));
    const { issues = [] } = toApiError(error && invalidInput(zodIssues(error))).options;
    expect(issues).toHaveLength(MAX_ISSUES);
    expect(issues.at(-1)).toEqual({ pointer: '', message: 'and 481 more issues' });
  });

  test('of a part of the input have pointers from the root of the input', () => {
    const { error } = z.array(z.string()).safeParse(['a', 1]);
    expect(error && zodIssues(error, '/messages/3').map(({ pointer }) => pointer)).toEqual(['/messages/3/1']);
  });

  test('have pointers as in RFC 6901, which end early if they get too long', () => {
    expect(pointerTo(['a/b', '~', 0])).toBe('/a~1b/~0/0');
    expect(pointerTo(Array.from({ length: 100_000 }, () => 'name')).length).toBeLessThan(600);
  });
});

test('the constructor of an error cuts its message and its data', () => {
  const error = new CoreError('NOT_FOUND', { detail: 'x'.repeat(1_000_000) });
  expect(bytes(error.message)).toBeLessThanOrEqual(MAX_DETAIL_BYTES + 2);
  expect(bytes(coreErrors.dataOf(error, ''))).toBeLessThan(1000);
});

describe('the cost of a rejection', () => {
  const Strings = z.strictObject({ items: z.array(z.string()) });
  const numbers = { items: Array.from({ length: 10_000 }, (_, i) => i) };

  /** Returns the shortest of five times, in milliseconds. */
  function best(work: () => unknown): number {
    return Math.min(
      ...Array.from({ length: 5 }, () => {
        const begun = performance.now();
        work();
        return performance.now() - begun;
      }),
    );
  }

  test('is less than a tenth of the time for finding 10,000 issues', () => {
    const { error } = Strings.safeParse(numbers);
    if (!error) throw new Error('The input is valid.');
    const finding = best(() => Strings.safeParse(numbers));
    expect(best(() => invalidInput(zodIssues(error), error))).toBeLessThan(finding / 10);
  });

  test('does not grow with the length of names and paths', () => {
    const key = 'k'.repeat(1_000_000);
    const error = new z.ZodRealError(
      Array.from({ length: 10_000 }, (_, i) => ({
        code: 'custom' as const,
        path: [key, i],
        message: key,
        input: 0,
      })),
    );
    expect(best(() => invalidInput(zodIssues(error), error))).toBeLessThan(20);
  });

  test('does not include printing all issues, as the message of tRPC would', async () => {
    const [called] = proceduresOf(router({ odd: procedure.input(Strings).query(() => '') }));
    if (!called) throw new Error('There is no procedure.');
    const invoke = compileCall(called[1]);
    const call = async (input: unknown) =>
      invoke({
        ctx: {},
        path: 'odd',
        type: 'query',
        readInput: () => input,
        signal: undefined,
        batchIndex: 0,
      });
    await expect(call(numbers)).rejects.toThrow(/^Input validation failed$/);
    await expect(call({ items: [1] })).rejects.toThrow(/invalid_type/);
  });
});

import { describe, expect, test } from '@jest/globals';
import { type Kept, parseKept } from './kept-texts.ts';

const kept: Kept = {
  savedAt: 1,
  draft: 'Draft',
  files: [{ id: 'f', filename: 'f.txt', mediaType: 'text/plain', url: '/f' }],
  outbox: {
    unsent: [
      { id: 'a', text: 'A', failure: null },
      { id: 'b', text: 'B', failure: { message: 'Lost', retryAt: null } },
      { id: 'c', text: 'C', failure: { code: 'TOO_MANY_REQUESTS', message: 'Later', retryAt: 5 } },
    ],
    queued: { id: 'd', text: 'D', isHeld: true },
  },
};

describe('parseKept', () => {
  test('returns what was stored', () => {
    expect(parseKept(JSON.stringify(kept))).toEqual(kept);
    const empty = { savedAt: 1, draft: '', outbox: { unsent: [], queued: null } };
    expect(parseKept(JSON.stringify(empty))).toEqual(empty);
  });

  test.each([
    ['nothing', null],
    ['text that is not JSON', '{'],
    ['null', 'null'],
    ['no time', { ...kept, savedAt: '1' }],
    ['a file without a name', { ...kept, files: [{ ...kept.files?.[0], filename: undefined }] }],
    ['no draft', { ...kept, draft: undefined }],
    ['no outbox', { ...kept, outbox: null }],
    ['no list of questions', { ...kept, outbox: { unsent: {}, queued: null } }],
    [
      'a question without a text',
      { ...kept, outbox: { unsent: [{ id: 'a', failure: null }], queued: null } },
    ],
    ['a question without a failure', { ...kept, outbox: { unsent: [{ id: 'a', text: 'A' }], queued: null } }],
    [
      'a failure without a time',
      { ...kept, outbox: { unsent: [{ id: 'a', text: 'A', failure: { message: 'Lost' } }], queued: null } },
    ],
    [
      'a failure whose code is no text',
      {
        ...kept,
        outbox: {
          unsent: [{ id: 'a', text: 'A', failure: { code: 1, message: '', retryAt: null } }],
          queued: null,
        },
      },
    ],
    [
      'a queued question that may be held',
      { ...kept, outbox: { unsent: [], queued: { id: 'd', text: 'D' } } },
    ],
  ])('returns null for %s', (_, stored) => {
    expect(parseKept(typeof stored === 'string' || stored === null ? stored : JSON.stringify(stored))).toBe(
      null,
    );
  });
});

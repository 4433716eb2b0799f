import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, mergeMessages } from './messages.ts';

type Status = NonNullable<ChatMessage['metadata']>['status'];

/** A message as the server lists it; without a status, as this page has it before the server tells. */
function message(id: string, text: string, status?: Status): ChatMessage {
  const role = id.startsWith('q') ? 'user' : 'assistant';
  return {
    id,
    role,
    parts: text === '' ? [] : [{ type: 'text', text }],
    ...(status !== undefined && { metadata: { status } }),
  };
}

const q1 = message('q1', 'First?', 'complete');
const a1 = message('a1', 'First.', 'complete');
const q2 = message('q2', 'Second?', 'complete');

describe('when the list of messages arrives', () => {
  test('it replaces what is shown: ids that were made here give way to the server’s', () => {
    const shown = [q1, a1, message('made-here', 'Second?'), message('a2', 'Second.')];
    const stored = [q1, a1, q2, message('a2', 'Second.', 'complete')];
    expect(mergeMessages(shown, stored, false)).toEqual(stored);
  });

  test('what was deleted elsewhere goes', () => {
    expect(mergeMessages([q1, a1], [], false)).toEqual([]);
  });

  test('what has arrived of an answer stays while the server holds nothing of it yet', () => {
    const shown = [q1, message('a1', 'Half an')];
    const [, answer] = mergeMessages(shown, [q1, message('a1', '', 'streaming')], false);
    expect(answer).toEqual(message('a1', 'Half an', 'streaming'));
  });

  test('while an answer is on its way, only earlier messages are taken over', () => {
    const shown = [q2, message('a2', 'Half an')];
    expect(mergeMessages(shown, [q1, a1, q2], true)).toEqual([q1, a1, ...shown]);
    expect(mergeMessages(shown, [q2], true)).toBe(shown);
    expect(mergeMessages([message('made-here', 'New?')], [q1, a1], true)).toEqual([
      message('made-here', 'New?'),
    ]);
  });
});

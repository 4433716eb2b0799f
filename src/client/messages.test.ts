import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, mergeMessages, stableMessages } from './messages.ts';

type Status = NonNullable<ChatMessage['metadata']>['status'];

/** A message of the server's list, or without a status a message that only this page has. */
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

describe('mergeMessages', () => {
  test('replaces the messages shown, including ids created by this page', () => {
    const shown = [q1, a1, message('made-here', 'Second?'), message('a2', 'Second.')];
    const stored = [q1, a1, q2, message('a2', 'Second.', 'complete')];
    expect(mergeMessages(shown, stored, false)).toEqual(stored);
  });

  test('removes messages that were deleted elsewhere', () => {
    expect(mergeMessages([q1, a1], [], false)).toEqual([]);
  });

  test('keeps the received parts of an answer that the server has not stored yet', () => {
    const shown = [q1, message('a1', 'Half an')];
    const [, answer] = mergeMessages(shown, [q1, message('a1', '', 'streaming')], false);
    expect(answer).toEqual(message('a1', 'Half an', 'streaming'));
  });

  test('adds only earlier messages while an answer is in progress', () => {
    const shown = [q2, message('a2', 'Half an')];
    expect(mergeMessages(shown, [q1, a1, q2], true)).toEqual([q1, a1, ...shown]);
    expect(mergeMessages(shown, [q2], true)).toBe(shown);
    expect(mergeMessages([message('made-here', 'New?')], [q1, a1], true)).toEqual([
      message('made-here', 'New?'),
    ]);
  });
});

describe('stableMessages', () => {
  test('returns the earlier object for an equal message, and the new one for a changed message', () => {
    const stable = stableMessages();
    const sent = { ...a1, metadata: { ...a1.metadata, createdAt: new Date(1) } };
    const again = { ...a1, metadata: { ...a1.metadata, createdAt: new Date(1) } };
    expect(stable(sent)).toBe(sent);
    expect(stable(again)).toBe(sent);
    const changed = { ...again, metadata: { ...again.metadata, branchIds: ['a0', 'a1'] } };
    expect(stable(changed)).toBe(changed);
    expect(stable({ ...again })).not.toBe(sent);
    const later = { ...again, metadata: { ...again.metadata, createdAt: new Date(2) } };
    expect(stable(later)).toBe(later);
  });

  test('returns the new object although the earlier one was changed in place, as the AI SDK may do', () => {
    const stable = stableMessages();
    const pushed: ChatMessage = { id: 'a1', role: 'assistant', parts: [] };
    expect(stable(pushed)).toBe(pushed);
    const part = { type: 'text' as const, text: 'One' };
    pushed.parts.push(part);
    const first = { ...pushed, parts: [{ ...part }] };
    expect(stable(first)).toBe(first);
    part.text = 'One two';
    const second = { ...pushed, parts: [part] };
    expect(stable(second)).toBe(second);
    part.text = 'One two three';
    const third = { ...pushed, parts: [{ ...part }] };
    expect(stable(third)).toBe(third);
  });
});

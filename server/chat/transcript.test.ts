import { expect, test } from '@jest/globals';
import type { Message } from '#contract/chat';
import { transcriptOf } from './transcript.ts';

const message = (role: Message['role'], text: string, status: Message['status'] = 'complete') => ({
  role,
  status,
  parts: [
    { type: 'text' as const, text },
    { type: 'reasoning' as const, text: 'hidden' },
  ],
});

test('has the title and the texts of all messages, with their authors', () => {
  const messages = [message('user', 'How?'), message('assistant', 'So', 'interrupted')];
  expect(transcriptOf({ title: 'A question' }, messages, false)).toBe(
    '# A question\n\n## User\n\nHow?\n\n## Assistant (interrupted)\n\nSo',
  );
  expect(transcriptOf({ title: '' }, [], false)).toBe('# New chat');
});

test('leaves out the oldest messages that do not fit, and says so', () => {
  const messages = [
    message('user', 'first'),
    message('assistant', 'x'.repeat(39_980)),
    message('user', 'last'),
  ];
  const text = transcriptOf({ title: 'Long' }, messages, false);
  expect(text).not.toContain('first');
  expect(text).toContain('last');
  expect(text).toContain('Older messages are left out');
  expect(transcriptOf({ title: 'Long' }, [message('user', 'a')], true)).toContain(
    'Older messages are left out',
  );
  expect(transcriptOf({ title: 'Long' }, [message('user', 'x'.repeat(50_000))], false).length).toBeLessThan(
    200,
  );
});

test('names the files of a message, also without a text', () => {
  const file = { type: 'file' as const, mediaType: 'image/png', filename: 'a_b.png', url: '/api/files/1' };
  const question = { role: 'user' as const, status: 'complete' as const, parts: [file] };
  expect(transcriptOf({ title: 'Files' }, [question], false)).toBe(
    '# Files\n\n## User\n\n- File: a\\_b.png (image/png)',
  );
});

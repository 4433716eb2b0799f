import { expect, test } from '@jest/globals';
import { signInAsGuest, signUp, startInstance } from '#test/caller';
import { conversation, exchange } from '#test/conversations';
import { importFile } from '#test/imports';

test('chats beyond the limits of an account fail with the reason', async () => {
  const small = await startInstance({
    settings: { MAX_GUEST_CHATS: '2', MAX_CHAT_MESSAGES: '2', MAX_STORED_BYTES: '2000' },
  });
  const guest = await signInAsGuest(small);
  const files = ['a', 'b', 'c'].map(exchange);
  const result = await importFile(guest, files);
  expect(result).toMatchObject({ imported: 2, failed: 1 });
  expect(result.failures[0]?.reason).toBe('You have 2 chats, which is the limit.');
  const ada = await signUp(small);
  const long = conversation('Long', [
    ['1', null, 'user', 'One'],
    ['2', '1', 'assistant', 'Two'],
    ['3', '2', 'user', 'Three'],
  ]);
  const big = conversation('Big', [['1', null, 'user', 'x'.repeat(3000)]]);
  const { failures } = await importFile(ada, [long, big]);
  expect(failures.map(({ reason }) => reason)).toEqual([
    'It has 3 messages. The limit is 2.',
    'Your messages would take more than 2000 bytes, which is the limit.',
  ]);
});

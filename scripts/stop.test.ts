import { describe, expect, test } from '@jest/globals';
import { evaluate } from './testkit';

/** What a child is sent while its parent gets one signal and then another. */
const sentOn = (platform: NodeJS.Platform) =>
  evaluate(
    'stop.mjs',
    `(() => {
      const sent = [];
      const end = script.passStopsTo({ kill: (signal) => sent.push(signal) }, { platform: '${platform}' });
      process.emit('SIGINT', 'SIGINT');
      process.emit('SIGTERM', 'SIGTERM');
      end();
      return sent;
    })()`,
  );

describe('a stop is passed on', () => {
  test.each(['linux', 'darwin'] as const)('once, on %s', async (platform) => {
    expect(await sentOn(platform)).toEqual(['SIGINT']);
  });

  test('by the console on Windows, where kill would end the program at once', async () => {
    expect(await sentOn('win32')).toEqual([]);
  });
});

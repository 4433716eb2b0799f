import { describe, expect, test } from '@jest/globals';
import { evaluate } from './testkit';

/** Returns the signals that a child receives while its parent receives two signals. */
const sentOn = (platform: NodeJS.Platform) =>
  evaluate(
    'stop.mjs',
    `(() => {
      const sent = [];
      const end = script.forwardStopSignals({ kill: (signal) => sent.push(signal) }, { platform: '${platform}' });
      process.emit('SIGINT', 'SIGINT');
      process.emit('SIGTERM', 'SIGTERM');
      end();
      return sent;
    })()`,
  );

describe('forwardStopSignals', () => {
  test.each(['linux', 'darwin'] as const)('forwards one signal on %s', async (platform) => {
    expect(await sentOn(platform)).toEqual(['SIGINT']);
  });

  test('forwards nothing on Windows, where kill would end the program immediately', async () => {
    expect(await sentOn('win32')).toEqual([]);
  });
});

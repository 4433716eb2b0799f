import { isIP } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { ipVersion } from './ip.ts';

test.each([
  ['127.0.0.1', 4],
  ['255.255.255.255', 4],
  ['0.0.0.0', 4],
  ['256.0.0.1', 0],
  ['01.2.3.4', 0],
  ['1.2.3', 0],
  ['1.2.3.4.', 0],
  ['1.2.3.4.5', 0],
  ['::', 6],
  ['::1', 6],
  ['1::', 6],
  ['2001:db8::8:800:200c:417a', 6],
  ['1:2:3:4:5:6:7:8', 6],
  ['1:2:3:4:5:6:7', 0],
  ['1:2:3:4:5:6:7:8:9', 0],
  ['1:2:3:4:5:6:7::', 6],
  ['::ffff:1.2.3.4', 6],
  ['1:2:3:4:5:6:1.2.3.4', 6],
  ['1:2:3:4:5:6:7:1.2.3.4', 0],
  ['1.2.3.4::', 0],
  ['::1.2.3.4:5', 0],
  [':::', 0],
  ['1::2::3', 0],
  [':1:2:3:4:5:6:7', 0],
  ['1:2:3:4:5:6:7:', 0],
  ['12345::', 0],
  ['[::1]', 0],
  ['', 0],
])('the IP version of "%s" is %i', (text, version) => {
  expect(ipVersion(text)).toBe(version);
});

test('is the version that Node reports, for addresses and texts that resemble them', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '.', ':', 'a', 'f'), maxLength: 24 }),
  );
  fc.assert(
    fc.property(address, (text) => {
      expect(ipVersion(text)).toBe(isIP(text));
    }),
    { numRuns: 5000 },
  );
});

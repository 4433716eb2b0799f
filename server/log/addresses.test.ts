import { expect, test } from '@jest/globals';
import { addressFormat } from './addresses.ts';

test.each([
  ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:7:9::77', '2001:db8:7:9::77', '2001:db8:7::/48'],
  ['2001:db8::77', '2001:db8::77', '2001:db8:0::/48'],
  ['[2001:DB8:7::1]:443', '2001:DB8:7::1', '2001:db8:7::/48'],
  ['::1', '::1', '0:0:0::/48'],
  ['secret', null, null],
  [null, null, null],
])('%j is %j in full, %j in short', (ip, full, short) => {
  expect([addressFormat('full')(ip), addressFormat('short')(ip), addressFormat('none')(ip)]).toEqual([
    full,
    short,
    undefined,
  ]);
});

import { expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { createGuardedFetch } from './guarded-fetch.ts';
import { isPublicAddress } from './public-address.ts';

/**
 * IANA's registries of special-purpose addresses, complete, with multicast, site-local addresses and what is not
 * assigned. Networks that the registries call globally reachable are marked. The oracle compares numbers.
 */
const IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '255.255.255.255/32'],
  '168.63.129.16/32',
];
const IPV4_REACHABLE = ['192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24'];
const IPV6 = [
  ...['::/128', '::1/128', '::/96', '::ffff:0:0/96', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64'],
  ...['2001::/23', '2001::/32', '2001:2::/48', '2001:10::/28', '2001:db8::/32', '2002::/16', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '4000::/2', '8000::/1', '::/3'],
];
const IPV6_REACHABLE = ['2620:4f:8000::/48', '2600::/12', '2a00::/12', '2400::/12'];
const NAT64 = 0x0064_ff9bn << 96n;

/** Reads the text of an address as a number. */
function toNumber(text: string): bigint {
  if (!text.includes(':')) {
    return text.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
  }
  const [head = [], tail = []] = text.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const groups = [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

interface Network {
  first: bigint;
  last: bigint;
}

const networks = (list: readonly string[], width: bigint): Network[] =>
  list.map((entry) => {
    const [text = '', prefix = ''] = entry.split('/');
    const first = toNumber(text);
    return { first, last: first + (1n << (width - BigInt(prefix))) - 1n };
  });
const SPECIAL_4 = networks(IPV4, 32n);
const SPECIAL_6 = networks(IPV6, 128n);
const isIn = (list: readonly Network[], number: bigint) =>
  list.some(({ first, last }) => first <= number && number <= last);
const isPublic4 = (number: bigint) => !isIn(SPECIAL_4, number);
const isPublic6 = (number: bigint) =>
  number >> 32n === NAT64 >> 32n ? isPublic4(number & 0xffff_ffffn) : !isIn(SPECIAL_6, number);

const write4 = (number: bigint) => [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
const groupsOf = (number: bigint) =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((number >> shift) & 0xffffn).toString(16));
/** Spellings of one address: long, padded, in capitals, with the last 32 bits as in IPv4, compressed. */
const SPELLINGS_6: ((number: bigint) => string)[] = [
  (number) => groupsOf(number).join(':'),
  (number) =>
    groupsOf(number)
      .map((group) => group.padStart(4, '0'))
      .join(':'),
  (number) => groupsOf(number).join(':').toUpperCase(),
  (number) => `${groupsOf(number).slice(0, 6).join(':')}:${write4(number & 0xffff_ffffn)}`,
  (number) => new URL(`http://[${groupsOf(number).join(':')}]`).hostname.slice(1, -1),
];
/** Spellings that a URL may have: decimal, hexadecimal, octal, with fewer parts. */
const SPELLINGS_4: ((number: bigint) => string)[] = [
  write4,
  (number) => String(number),
  (number) => `0x${number.toString(16)}`,
  (number) => `0${number.toString(8)}`,
  (number) =>
    write4(number)
      .split('.')
      .map((part) => `0x${Number(part).toString(16)}`)
      .join('.'),
  (number) =>
    write4(number)
      .split('.')
      .map((part) => `0${Number(part).toString(8)}`)
      .join('.'),
  (number) => `${number >> 24n}.${number & 0xff_ffffn}`,
  (number) => `${number >> 24n}.${(number >> 16n) & 255n}.${number & 0xffffn}`,
  (number) => `${write4(number)}.`,
];

/** Addresses in a network, at its ends, and directly beside it. */
const around = (list: readonly Network[], width: bigint) =>
  fc
    .constantFrom(...list)
    .chain(({ first, last }) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.bigInt(first, last) },
        fc.constantFrom(first, last, ...[first - 1n, last + 1n].filter((at) => at >= 0n && at < 1n << width)),
      ),
    );
const ipv4 = fc.oneof(
  { weight: 3, arbitrary: around([...SPECIAL_4, ...networks(IPV4_REACHABLE, 32n)], 32n) },
  fc.bigInt(0n, (1n << 32n) - 1n),
);
const ipv6 = fc.oneof(
  { weight: 3, arbitrary: around([...SPECIAL_6, ...networks(IPV6_REACHABLE, 128n)], 128n) },
  ipv4.map((number) => NAT64 | number),
  ipv4.map((number) => (0xffffn << 32n) | number),
  ipv4.map((number) => (0x2002n << 112n) | (number << 80n)),
  ipv4.map((number) => (0x2001n << 112n) | number),
  fc.bigInt(0n, (1n << 128n) - 1n),
);

test('isPublicAddress agrees with the registries of IANA on IPv4', () => {
  fc.assert(
    fc.property(ipv4, (number) => expect(isPublicAddress(write4(number))).toBe(isPublic4(number))),
    { numRuns: 5000 },
  );
});

test('isPublicAddress agrees with the registries of IANA on IPv6, in all spellings', () => {
  fc.assert(
    fc.property(ipv6, fc.constantFrom(...SPELLINGS_6), (number, write) =>
      expect(isPublicAddress(write(number))).toBe(isPublic6(number)),
    ),
    { numRuns: 5000 },
  );
});

test.each([...IPV4, ...IPV6])('isPublicAddress rejects the first address of %s', (network) => {
  expect(isPublicAddress(network.split('/')[0] ?? '')).toBe(false);
});

test.each(['', 'localhost', '127.1', '0x7f000001', '8.8.8.8%eth0', '2606:4700::1%eth0', '[2606:4700::1]'])(
  'isPublicAddress rejects %j, which is no address without a zone',
  (text) => {
    expect(isPublicAddress(text)).toBe(false);
  },
);

test('a guarded fetch rejects URLs of special addresses, in all spellings', async () => {
  const guarded = createGuardedFetch({ lookup: () => Promise.reject(new Error('no lookup expected')) });
  const url = fc.oneof(
    fc
      .tuple(
        ipv4.filter((number) => !isPublic4(number)),
        fc.constantFrom(...SPELLINGS_4),
      )
      .map(([number, write]) => `https://${write(number)}/`),
    fc
      .tuple(
        ipv6.filter((number) => !isPublic6(number)),
        fc.constantFrom(...SPELLINGS_6),
      )
      .map(([number, write]) => `https://[${write(number)}]/`),
  );
  await fc.assert(
    fc.asyncProperty(url, async (text) => {
      await expect(guarded(text)).rejects.toMatchObject({ reason: 'not-public' });
    }),
    { numRuns: 2000 },
  );
});

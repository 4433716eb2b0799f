import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { addressKey, clientAddress, isTrustedPeer } from './address.ts';

describe('addressKey', () => {
  test.each([
    ['203.0.113.7', 'ip 203.0.113.7'],
    ['203.0.113.7:51234', 'ip 203.0.113.7'],
    ['::ffff:203.0.113.7', 'ip 203.0.113.7'],
    ['::FFFF:cb00:7107', 'ip 203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', 'ip 203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', 'ip 203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', 'ip 2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', 'ip 2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', 'ip 2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]', 'ip 2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]:443', 'ip 2001:db8:1:2::/64'],
    ['2001:db8::1', 'ip 2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'ip fe80:0:0:0::/64'],
    ['::1', 'ip 0:0:0:0::/64'],
    ['::%', 'ip 0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:203.0.113.7', 'ip 2001:db8:1:2::/64'],
  ])('returns for %s the key %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });

  test('returns one shared key for all text that is not an IP address', () => {
    const texts = [null, '', 'unknown', '_hidden', '203.0.113', '1.2.3.4.5', '[::1', 'a:b', ':'.repeat(5000)];
    expect(new Set(texts.map(addressKey))).toEqual(new Set(['ip unknown']));
  });

  test('returns one key per IPv6 network of 64 bits, for any spelling of its addresses', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const network = fc.tuple(fc.integer({ min: 1, max: 0xffff }), group, group, group);
    const host = fc.tuple(group, group, group, group);
    fc.assert(
      fc.property(network, network, host, host, (one, other, a, b) => {
        const write = (groups: number[]) => groups.map((bits) => bits.toString(16)).join(':');
        const padded = [...one, ...b].map((bits) => bits.toString(16).padStart(4, '0').toUpperCase());
        expect(addressKey(write([...one, ...a]))).toBe(addressKey(padded.join(':')));
        const isSame = write(one) === write(other);
        expect(addressKey(write([...one, ...a])) === addressKey(write([...other, ...a]))).toBe(isSame);
      }),
    );
  });

  test('never throws, and returns a key of at most 40 characters', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => addressKey(text).length <= 40));
  });
});

describe('clientAddress', () => {
  const header = (value: string | null) => () => value;

  test.each([
    ['1.1.1.1', 0, '9.9.9.9'],
    ['1.1.1.1', 1, '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1', 1, '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1, 2.2.2.2', 2, '1.1.1.1'],
    ['1.1.1.1', 2, '9.9.9.9'],
    [null, 1, '9.9.9.9'],
  ])('takes from %p, behind %p proxies, %s', (forwarded, hops, address) => {
    expect(clientAddress(header(forwarded), '9.9.9.9', hops)).toBe(address);
  });
});

describe('clientAddress behind the networks of proxies', () => {
  const networks = { isTrusted: (address: string) => /^(::ffff:)?10\./.test(address) };
  const find = (forwarded: string | null, peer: string | null = '10.0.0.1') =>
    clientAddress(() => forwarded, peer, networks);

  test.each([
    ['1.1.1.1', '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['6.6.6.6,1.1.1.1,10.0.0.3 , 10.0.0.2', '1.1.1.1'],
    ['10.9.9.9, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['1.1.1.1:5000, 10.0.0.2:443', '1.1.1.1'],
    ['[2001:db8::1]:5000, [::ffff:10.0.0.2]:443', '2001:db8::1'],
    ['fe80::1%eth0, 10.0.0.2', 'fe80::1'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['6.6.6.6, unknown', null],
    ['6.6.6.6, unknown, 10.0.0.2', null],
    ['6.6.6.6, , 10.0.0.2', null],
    ['6.6.6.6, _hidden', null],
    ['x'.repeat(8000), null],
    ['', '10.0.0.1'],
    [null, '10.0.0.1'],
  ])('takes from %p %p', (forwarded, address) => {
    expect(find(forwarded)).toBe(address);
  });

  test('is the peer if that is no proxy, whatever it claims', () => {
    fc.assert(
      fc.property(fc.string(), (forwarded) => {
        expect(find(forwarded, '9.9.9.9')).toBe('9.9.9.9');
        expect(find(forwarded, '::ffff:9.9.9.9')).toBe('::ffff:9.9.9.9');
        expect(find(forwarded, null)).toBeNull();
      }),
    );
  });

  test('is what the first proxy has seen, for any claims in front and any number of proxies', () => {
    const outer = fc.ipV4().filter((address) => !address.startsWith('10.'));
    const client = fc.oneof(
      outer,
      fc.ipV6().filter((address) => !networks.isTrusted(address)),
    );
    const proxy = fc.integer({ min: 0, max: 255 }).map((last) => `10.1.2.${last}`);
    const separator = fc.constantFrom(',', ', ', ' ,\t');
    const claims = fc.array(fc.oneof(fc.string(), client, proxy, fc.constant('unknown')));
    fc.assert(
      fc.property(
        claims,
        client,
        fc.array(proxy, { maxLength: 15 }),
        separator,
        (fake, real, proxies, comma) => {
          expect(find([...fake, real, ...proxies].join(comma))).toBe(real);
        },
      ),
    );
  });

  test('ends after 16 proxies, also for a very long chain', () => {
    const began = performance.now();
    expect(find(Array.from({ length: 5000 }, (_, n) => `10.0.${n % 200}.7`).join())).toMatch(/^10\./);
    expect(performance.now() - began).toBeLessThan(50);
  });
});

describe('isTrustedPeer', () => {
  test('is true for all peers, for none, or for those of networks', () => {
    const networks = { isTrusted: (address: string) => address === '::1' };
    expect(isTrustedPeer(true, null)).toBe(true);
    expect(isTrustedPeer(false, '::1')).toBe(false);
    expect(isTrustedPeer(networks, '[::1]:80')).toBe(true);
    expect(isTrustedPeer(networks, '::2')).toBe(false);
    expect(isTrustedPeer(networks, null)).toBe(false);
  });
});

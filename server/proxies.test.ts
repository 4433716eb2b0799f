import { isIP } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseEnv } from './env.ts';
import fc from '#test/fast-check';
import { signUp } from '#test/client';
import { serveInstance } from '#test/served';
import { proxiesOf } from './proxies.ts';

/** Returns a function that tells if an address is that of a proxy of a setting. */
function trusts(TRUST_PROXY: string): (address: string) => boolean {
  const proxies = proxiesOf(parseEnv({ TRUST_PROXY }));
  if (typeof proxies === 'number') throw new Error('The setting has no networks.');
  return proxies.isTrusted;
}

/** Returns the first bits of an IPv4 address. */
const bitsOf = (address: string, bits: number) =>
  address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, bits);

describe('the networks of TRUST_PROXY', () => {
  test('contain the addresses with the same first bits, also as IPv4-mapped ones', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (network, address, bits) => {
        const isTrusted = trusts(`${network}/${bits}`);
        const isInside = bitsOf(network, bits) === bitsOf(address, bits);
        expect(isTrusted(address)).toBe(isInside);
        expect(isTrusted(`::ffff:${address}`)).toBe(isInside);
        expect(isTrusted(network)).toBe(true);
      }),
    );
  });

  test('may be IPv4-mapped themselves, single addresses, and several', () => {
    const isTrusted = trusts('::ffff:192.168.0.0/112, 10.1.1.1, fd00::/8');
    expect(['192.168.0.9', '::ffff:192.168.0.9', '10.1.1.1', 'fd12::1', 'FD12::1'].map(isTrusted)).toEqual(
      Array.from({ length: 5 }, () => true),
    );
    expect(['192.169.0.9', '10.1.1.2', 'fe80::1', '::1', '127.0.0.1'].map(isTrusted)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  test('are compared with any IPv6 address without an error', () => {
    const isTrusted = trusts('2001:db8::/32,10.0.0.0/8');
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (isIP(address) === 6) expect(typeof isTrusted(address)).toBe('boolean');
      }),
    );
  });
});

const settings = (TRUST_PROXY: string) => ({ TRUST_PROXY, APP_URL: 'https://app.example.com' });
const two = await serveInstance({ settings: settings('2') });
const networks = await serveInstance({ settings: settings('127.0.0.0/8,10.0.0.0/8') });
const others = await serveInstance({ settings: settings('10.0.0.0/8') });
afterAll(() => Promise.all([two, networks, others].map(({ close }) => close())));

describe('a server behind proxies', () => {
  /** Signs up through proxies. @returns the IP address that the audit trail has. */
  async function addressOf({ url }: { url: string }, forwarded: string): Promise<string | null | undefined> {
    const account = await signUp(url, { headers: { 'x-forwarded-for': forwarded } });
    const { items } = await account.rpc.protected.audit.query({});
    return items.find(({ action }) => action === 'session.create')?.ip;
  }

  test('takes the address of the client from in front of them, and no claim of the client', async () => {
    const chain = '6.6.6.6, 203.0.113.7, 10.0.0.2';
    expect(await addressOf(two, chain)).toBe('203.0.113.7');
    expect(await addressOf(networks, chain)).toBe('203.0.113.7');
    expect(await addressOf(networks, '203.0.113.7')).toBe('203.0.113.7');
    // The peer is no proxy here.
    expect(await addressOf(others, chain)).toBe('127.0.0.1');
  });

  test('takes the host and the scheme from a proxy of the networks only', async () => {
    const call = ({ url }: { url: string }) =>
      fetch(`${url}/api/v1/users/me`, { headers: { 'x-forwarded-host': 'evil.example' } });
    expect((await call(networks)).status).toBe(403);
    expect((await call(others)).status).toBe(401);
  });
});

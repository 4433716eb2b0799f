import { BlockList } from 'node:net';
import type { TrustedNetworks } from '#layer/index';
import type { Env } from './env.ts';

type Trust = Pick<Env, 'TRUST_PROXY'>;

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4');

/** Returns the proxies of networks, such as 10.0.0.0/8. An IPv4-mapped IPv6 address counts as IPv4. */
function networksOf(networks: readonly string[]): TrustedNetworks {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return { isTrusted: (address) => list.check(address, familyOf(address)) };
}

/** Returns how many proxies are trusted, or those of which networks. */
export const proxiesOf = ({ TRUST_PROXY }: Trust): number | TrustedNetworks =>
  typeof TRUST_PROXY === 'object' ? networksOf(TRUST_PROXY) : Number(TRUST_PROXY);

/** Returns whose X-Forwarded-Host and X-Forwarded-Proto are trusted. */
export const trustedPeersOf = ({ TRUST_PROXY }: Trust): boolean | TrustedNetworks =>
  typeof TRUST_PROXY === 'object' ? networksOf(TRUST_PROXY) : TRUST_PROXY !== false;

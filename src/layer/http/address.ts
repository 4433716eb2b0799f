import { ipVersion } from './ip.ts';

/** The key of all callers whose IP address is unknown. They share one budget. */
const UNKNOWN = 'ip unknown';
/** An IPv6 host chooses the lower 64 bits of its addresses freely (RFC 4291, section 2.5.1). */
const NETWORK_GROUPS = 4;

/**
 * Returns an IP address without the port, brackets and zone that proxies may add.
 * @returns `null` for any text that is not an IP address, so the result has a bounded length.
 */
export function plainAddress(ip: string | null): string | null {
  if (ip === null || ipVersion(ip) === 4) return ip;
  const address = bareAddress(ip);
  return ipVersion(address) === 0 ? null : address;
}

/**
 * Returns the key by which callers are counted, for a rate limit: one per IPv4 address, and one per /64 network of
 * IPv6. IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2) counts as IPv4. A port, brackets and a zone, which proxies may
 * add, are ignored. `null` and text that is not an IP address share one key. The key is at most 40 characters long.
 */
export function addressKey(ip: string | null): string {
  const address = plainAddress(ip) ?? '';
  switch (ipVersion(address)) {
    case 4:
      return `ip ${address}`;
    case 6:
      return networkKey(address);
    default:
      return UNKNOWN;
  }
}

/** The networks of your own proxies. */
export interface TrustedNetworks {
  /** Returns true if an IP address, which is written without a port, brackets or a zone, is that of a proxy. */
  isTrusted: (address: string) => boolean;
}

/** The most proxies in a row whose networks are trusted. */
const MAX_PROXIES = 16;

/**
 * Returns the IP address of the client that sent a request, as far as it can be trusted; `null` if it is unknown.
 * @param header returns a header of the request.
 * @param peer the IP address of the other end of the connection.
 * @param proxies the number of your own proxies in front of the server, or their networks. Each proxy has appended the
 *   address of its peer to X-Forwarded-For. Earlier entries are claims of the client, and not used.
 */
export function clientAddress(
  header: (name: string) => string | null,
  peer: string | null,
  proxies: number | TrustedNetworks,
): string | null {
  if (proxies === 0) return peer;
  const forwarded = header('x-forwarded-for');
  if (typeof proxies === 'object') return lastUntrusted(forwarded ?? '', peer, proxies);
  return forwarded?.split(',').at(-proxies)?.trim() ?? peer;
}

/** Returns the last address of a chain that is not one of a proxy; the first address if all of them are. */
function lastUntrusted(
  forwarded: string,
  peer: string | null,
  { isTrusted }: TrustedNetworks,
): string | null {
  let address = plainAddress(peer);
  let rest = forwarded;
  for (let proxies = 0; proxies < MAX_PROXIES && rest.trim() !== ''; proxies++) {
    if (address === null || !isTrusted(address)) break;
    const comma = rest.lastIndexOf(',');
    address = plainAddress(rest.slice(comma + 1).trim());
    rest = rest.slice(0, Math.max(comma, 0));
  }
  return address;
}

/** True if the peer of a request is one of your own proxies, so that its headers can be trusted. */
export const isTrustedPeer = (proxies: boolean | TrustedNetworks, peer: string | null): boolean => {
  if (typeof proxies === 'boolean') return proxies;
  const address = plainAddress(peer);
  return address !== null && proxies.isTrusted(address);
};

function bareAddress(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  const withoutPort = bracketed ?? (text.split(':').length === 2 ? text.slice(0, text.indexOf(':')) : text);
  return withoutPort.split('%', 1)[0] ?? '';
}

function networkKey(address: string): string {
  // The URL parser writes an address in one form: lower case, compressed, with no dotted part.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const start = head.split(':').filter(Boolean);
  const end = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0');
  const groups = [...start, ...zeros, ...end];
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return `ip ${dotted(groups.slice(6))}`;
  return `ip ${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

const dotted = (groups: string[]) =>
  groups
    .flatMap((group) => {
      const bits = Number.parseInt(group, 16);
      return [bits >> 8, bits & 0xff];
    })
    .join('.');

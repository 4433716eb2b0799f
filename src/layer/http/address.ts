import { isIP } from 'node:net';

/** All callers whose address is unknown share one budget. */
const UNKNOWN = 'ip unknown';
/** An IPv6 host chooses the lower 64 bits of its addresses freely (RFC 4291, section 2.5.1). */
const NETWORK_GROUPS = 4;

/**
 * Returns an IP address without what proxies may add to it; `null` for everything that is none, so its length is bounded and
 * it says nothing else.
 */
export function plainAddress(ip: string | null): string | null {
  if (ip === null || isIP(ip) === 4) return ip;
  const address = bareAddress(ip);
  return isIP(address) === 0 ? null : address;
}

/**
 * Returns the key of the budget of an IP address: an IPv4 address has its own, IPv6 addresses share one per /64 network.
 * IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2) is IPv4. A port, brackets and a zone, which proxies may add, are ignored.
 * Everything else, `null` included, gets the one key of unknown addresses. The length of the key is bounded.
 */
export function addressKey(ip: string | null): string {
  const address = plainAddress(ip) ?? '';
  switch (isIP(address)) {
    case 4:
      return `ip ${address}`;
    case 6:
      return networkKey(address);
    default:
      return UNKNOWN;
  }
}

/**
 * Returns the IP address of the client that sent a request, as far as it can be trusted; `null` if it is unknown.
 * @param hops how many proxies of your own are in front: each has appended the address of its peer to X-Forwarded-For, so the
 * entries before theirs are what the client claims.
 */
export function clientAddress(
  header: (name: string) => string | null,
  peer: string | null,
  hops: number,
): string | null {
  if (hops === 0) return peer;
  return header('x-forwarded-for')?.split(',').at(-hops)?.trim() ?? peer;
}

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

import { addressKey, plainAddress } from '#layer/index';
import type { Env } from '#server/env';

/** Returns the network of an IP address: the first three bytes of IPv4, the first 48 bits of IPv6. */
function networkOf(ip: string): string {
  // One form for all spellings, where an IPv4-mapped IPv6 address is IPv4.
  const address = addressKey(ip).replace(/^ip /, '');
  return address.includes(':')
    ? `${address.split(':', 3).join(':')}::/48`
    : `${address.split('.', 3).join('.')}.0/24`;
}

/** Returns a function that formats the IP address of a caller for the log. It returns `undefined` for no address. */
export function addressFormat(form: Env['LOG_ADDRESS']): (ip: unknown) => string | null | undefined {
  if (form === 'none') return () => undefined;
  return (ip) => {
    const address = typeof ip === 'string' ? plainAddress(ip) : null;
    return address === null || form === 'full' ? address : networkOf(address);
  };
}

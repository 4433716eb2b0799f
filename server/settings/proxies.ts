import { isIP } from 'node:net';
import { z } from 'zod';

/** The most proxies in a row. */
const MAX_PROXIES = 16;

/** True for an IP address, or for a network such as 10.0.0.0/8. A network of all addresses would trust every client. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  // A zone has a meaning on one machine only.
  if (version === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Which proxies to trust: none, a number of them, or those of networks. `true` is one proxy. */
export const trustedProxies = z
  .union([z.literal(false), z.string()])
  .transform((value, context): false | number | readonly string[] => {
    if (value === false || value === 'false' || value === '0') return false;
    if (value === 'true') return 1;
    const entries = value.split(',').map((entry) => entry.trim());
    const wrong = /^\d+$/.test(value)
      ? [value].find((number) => Number(number) > MAX_PROXIES)
      : entries.find((entry) => !isNetwork(entry));
    if (wrong === undefined) return /^\d+$/.test(value) ? Number(value) : entries;
    context.addIssue({
      code: 'custom',
      message: `must be true, false, a number of proxies up to ${MAX_PROXIES}, or networks such as 10.0.0.0/8 and fd00::/8, separated by commas, and ${JSON.stringify(wrong.slice(0, 100))} is none of these`,
    });
    return z.NEVER;
  });

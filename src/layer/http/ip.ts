const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6_GROUP = /^[\da-f]{1,4}$/i;
const IPV6_GROUPS = 8;

/**
 * Returns the version of an IP address; 0 for any other text. An IPv4 address has four decimal numbers, and an IPv6
 * address the form of RFC 4291, section 2.2, without a zone.
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (IPV4.test(text)) return 4;
  return isIpv6(text) ? 6 : 0;
}

function isIpv6(text: string): boolean {
  if (!text.includes(':') || text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  // An IPv4 address may stand for the last two groups.
  const hasDotted = last.includes('.') && !text.endsWith('::');
  if (hasDotted && !IPV4.test(last)) return false;
  const plain = hasDotted ? groups.slice(0, -1) : groups;
  const count = plain.length + (hasDotted ? 2 : 0);
  const isWhole = halves.length === 1 ? count === IPV6_GROUPS && halves[0] !== '' : count < IPV6_GROUPS;
  return isWhole && plain.every((group) => IPV6_GROUP.test(group));
}

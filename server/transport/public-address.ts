import { BlockList, isIP } from 'node:net';
import os from 'node:os';

/** Networks of IPv4 that are not on the public internet, by IANA's registry of special-purpose addresses. */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // the platform of Azure, for its machines only
  ['169.254.0.0', 16], // link-local, metadata of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** The translator of IPv6-only networks. The last 32 bits are an address of IPv4. */
const NAT64 = { network: '64:ff9b::', prefix: 96 };

/**
 * The only networks of IPv6 that may be public: those that IANA assigns from, and NAT64. So loopback, link-local,
 * site-local, unique local, multicast and IPv4-mapped addresses need no entry in `special`, and nor do future ones.
 */
const assigned = new BlockList();
assigned.addSubnet('2000::', 3, 'ipv6');
assigned.addSubnet(NAT64.network, NAT64.prefix, 'ipv6');

const special = new BlockList();
special.addSubnet('2001::', 23, 'ipv6'); // protocol assignments: Teredo, benchmarks, ORCHID
special.addSubnet('2001:db8::', 32, 'ipv6'); // documentation
special.addSubnet('2002::', 16, 'ipv6'); // 6to4, which is obsolete
special.addSubnet('3fff::', 20, 'ipv6'); // documentation
for (const [network, prefix] of SPECIAL_IPV4) {
  special.addSubnet(network, prefix, 'ipv4');
  special.addSubnet(NAT64.network + network, NAT64.prefix + prefix, 'ipv6');
}

/** Returns true for an IP address of the public internet, and false for any other text. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      // A zone (`%eth0`) exists on local networks only.
      return !address.includes('%') && assigned.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Returns true for an IP address of this machine, on which the server itself may listen. */
export function isOwnAddress(address: string): boolean {
  const own = new BlockList();
  for (const entries of Object.values(os.networkInterfaces())) {
    for (const entry of entries ?? []) own.addAddress(entry.address, familyOf(entry.address));
  }
  return own.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

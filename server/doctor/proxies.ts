import { isTrustedPeer, plainAddress } from '#layer/index';
import type { Env } from '#server/env';
import { trustedPeersOf } from '#server/proxies';
import { isPublicAddress } from '#server/transport/public-address';
import { type Found, ok, warning } from './finding.ts';
import type { CallPath, Subject } from './subject.ts';

/** How many entries of a header are shown. */
const MAX_ENTRIES = 16;
const UNKNOWN = 'unknown';

/** Returns the entries of X-Forwarded-For. Only IP addresses are repeated, because clients can send any text. */
const entriesOf = (forwarded: string | null): string[] =>
  forwarded === null
    ? []
    : forwarded.split(',', MAX_ENTRIES).map((entry) => plainAddress(entry.trim()) ?? UNKNOWN);

function judge(
  TRUST_PROXY: Env['TRUST_PROXY'],
  { peer: peerOf, client: clientOf, forwarded }: CallPath,
): Found {
  const entries = entriesOf(forwarded);
  const count = entries.length;
  const client = plainAddress(clientOf) ?? UNKNOWN;
  const peer = plainAddress(peerOf) ?? UNKNOWN;
  const trust = String(TRUST_PROXY);
  const values = { client, peer, chain: entries.join(', '), trust, count };
  if (TRUST_PROXY === false)
    return count === 0 ? ok('proxiesNone', values) : warning('proxiesIgnored', values);
  if (count === 0) return warning('proxiesMissing', values);
  if (!isTrustedPeer(trustedPeersOf({ TRUST_PROXY }), peerOf)) return warning('proxiesOtherPeer', values);
  if (typeof TRUST_PROXY === 'number' && count < TRUST_PROXY) return warning('proxiesFewer', values);
  const hasMore = typeof TRUST_PROXY === 'object' ? entries[0] !== client : count > TRUST_PROXY;
  if (hasMore && client !== UNKNOWN && !isPublicAddress(client)) return warning('proxiesMore', values);
  return ok('proxiesTrusted', values);
}

/** Checks the chain of proxies through which the report was asked for. */
export async function checkProxies({ env, call }: Subject): Promise<Found[]> {
  return call ? [judge(env.TRUST_PROXY, call)] : [];
}

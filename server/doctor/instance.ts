import type { System } from '#contract/system';
import type { Deps } from '#server/compose';
import type { RequestInfo } from '#server/people/actor';
import { examine } from './examine.ts';

/** Checks this instance, and the chain of proxies of a request. */
export function examineInstance(
  { env, database, secrets, maintenance }: Deps,
  { ip, peer, headers, signal }: RequestInfo,
): Promise<System> {
  const call = { peer: peer ?? null, client: ip, forwarded: headers.get('x-forwarded-for') };
  return examine({
    env,
    database,
    secrets: () => secrets,
    isInMaintenance: maintenance.isOn(),
    signal,
    // In process, there is no connection.
    ...(peer !== undefined && { call }),
  });
}

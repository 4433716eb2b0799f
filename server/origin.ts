import type { OriginOptions } from '#layer/index';
import type { Env } from './env.ts';
import { trustedPeersOf } from './proxies.ts';

/** Returns the options to recognize requests of other sites. Their errors name the setting to change. */
export function originOptions({ APP_URL, TRUST_PROXY }: Pick<Env, 'APP_URL' | 'TRUST_PROXY'>): OriginOptions {
  return {
    publicUrl: APP_URL,
    checkHosts: true,
    trustProxy: trustedPeersOf({ TRUST_PROXY }),
    speaksHttp: TRUST_PROXY === false,
    fix: (origin) => `set APP_URL=${origin} and restart`,
    hint: 'Pages of other origins need an API key (see CORS_ORIGINS).',
  };
}

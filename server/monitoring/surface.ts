import { createHash, timingSafeEqual } from 'node:crypto';
import { type Call, HeaderList, type Mount } from '#layer/index';
import type { Deps } from '#server/compose';
import { AppError } from '#server/errors';
import { metrics } from '#server/metrics/instruments';
import { PROMETHEUS_TYPE, prometheusText } from '#server/metrics/prometheus';
import type { Context } from '#server/people/context';
import type { Collect } from './collect.ts';

const PATH = '/api/metrics';

const digestOf = (text: string) => createHash('sha256').update(text).digest();

/** Returns a function that checks a credential in a time that does not depend on it. */
function createCheck(token: string): (header: string | null) => boolean {
  // Digests have the same length.
  const expected = digestOf(token);
  return (header) => {
    const [, sent = ''] = /^bearer +(\S+)$/i.exec(header ?? '') ?? [];
    return timingSafeEqual(digestOf(sent), expected);
  };
}

/**
 * Returns the mount of `/api/metrics`, which serves the metrics of this process in the text format of Prometheus to those
 * who send METRICS_TOKEN. Without the setting, there is none in production; elsewhere, it serves programs on this machine.
 * It reads no session and counts against no limit. The surface throws UNAUTHORIZED, METHOD_NOT_ALLOWED, and NOT_FOUND for
 * other machines.
 */
export function metricsMounts({ env, collector }: Pick<Deps, 'collector' | 'env'>): Mount<Context>[] {
  const { METRICS_TOKEN: token, NODE_ENV } = env;
  if (token === undefined && NODE_ENV === 'production') return [];
  const isToken = token === undefined ? undefined : createCheck(token);
  // Measuring begins before the first scrape, but not in a process without scrapes.
  let collect: Collect | undefined = token === undefined ? undefined : collector.begin('prometheus');

  async function admit(call: Call<Context>): Promise<void> {
    if (isToken) {
      if (isToken(call.header('authorization'))) return;
      throw new AppError('UNAUTHORIZED', {
        detail: `${PATH} needs the header Authorization: Bearer with the METRICS_TOKEN of the server.`,
        headers: { 'www-authenticate': 'Bearer realm="metrics"' },
      });
    }
    const { request } = await call.context();
    if (request.isLocal?.() !== true) throw new AppError('NOT_FOUND');
  }

  let scraping: Promise<string> | undefined;
  /** Collects once for all scrapes at the same time. */
  function scrape(): Promise<string> {
    collect ??= collector.begin('prometheus');
    scraping ??= collect(0, () => prometheusText(metrics.all)).finally(() => {
      scraping = undefined;
    });
    return scraping;
  }

  return [
    {
      name: 'metrics',
      path: PATH,
      isProbe: true,
      ignoresCookies: true,
      async surface(call) {
        await admit(call);
        if (call.method !== 'GET' && call.method !== 'HEAD') {
          throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
        }
        const body = await scrape();
        const headers = new HeaderList([
          ['content-type', PROMETHEUS_TYPE],
          ['cache-control', 'no-store'],
        ]);
        return { status: 200, headers, body };
      },
    },
  ];
}

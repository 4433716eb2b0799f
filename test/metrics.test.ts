import { afterAll, describe, expect, test } from '@jest/globals';
import { metrics } from '#server/metrics/instruments';
import { prometheusText } from '#server/metrics/prometheus';
import { begin } from '#test/lost-runs';
import { callAs } from '#test/caller';
import { caller, postAuth, read, signInAsGuest, signUp, until } from './client.ts';
import { freePort } from './listen.ts';
import { expectProblem } from './problem.ts';
import { increases, parseMetrics, type Scraped } from './prometheus.ts';
import { serveInstance } from './served.ts';

const served = await serveInstance({
  settings: {
    RATE_LIMIT: '30',
    BYTE_RATE_LIMIT: '2000',
    GUEST_RATE_LIMIT: '2',
    MAX_CHATS: '1',
    AI_MODEL: 'openai-compatible/nobody',
    // Nothing listens on this port.
    AI_BASE_URL: `http://127.0.0.1:${await freePort()}`,
    AI_DAILY_TOKENS: '20000',
  },
});
afterAll(served.close);
const ada = await signUp(served.url);

/** Returns what `work` adds to the counters. */
async function grown(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const now = (): Scraped => parseMetrics(prometheusText(metrics.all));
  const before = now();
  await work();
  return increases(before, now());
}
const rejected = (limit: string) => `switchboard_limit_rejections_total{limit="${limit}"}`;

describe('without METRICS_TOKEN, outside of production', () => {
  test('programs on this machine get the metrics', async () => {
    const { status, body } = await read(await caller(served.url).fetch('/api/metrics'));
    expect(status).toBe(200);
    const series = parseMetrics(String(body));
    expect(series.get('switchboard_database_up')).toBe(1);
    expect(series.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
  });

  test('others do not', async () => {
    const proxied = caller(served.url, { 'x-forwarded-for': '203.0.113.7' });
    expectProblem(await read(await proxied.fetch('/api/metrics')), 'NOT_FOUND');
  });
});

describe('rejections are counted by the limit', () => {
  test('of an account', async () => {
    await ada.rest('POST /chats', { json: {} });
    const more = await grown(async () => {
      expectProblem(await ada.rest('POST /chats', { json: {} }), 'LIMIT_REACHED');
    });
    expect(more[rejected('account')]).toBe(1);
  });

  test('of attempts and of bytes', async () => {
    const guest = await signInAsGuest(served.url);
    const more = await grown(async () => {
      for (let i = 0; i < 3; i++) await postAuth(served.url, '/sign-in/anonymous', {});
      expectProblem(
        await guest.rest('POST /chats', { json: { title: 'x'.repeat(3000) } }),
        'TOO_MANY_REQUESTS',
      );
    });
    expect(more).toMatchObject({ [rejected('attempts')]: 2, [rejected('bytes')]: 1 });
  });

  test('of calls', async () => {
    const eve = await signUp(served.url);
    const more = await grown(async () => {
      for (let i = 0; i < 35; i++) await eve.rest('GET /users/me');
    });
    expect(more[rejected('calls')]).toBeGreaterThanOrEqual(5);
    expect(more).toMatchObject({
      'switchboard_call_errors_total{surface="rest",procedure="users.me",code="TOO_MANY_REQUESTS"}':
        more[rejected('calls')],
    });
  });
});

test('an answer of a provider that cannot be reached is a failure of the provider', async () => {
  const bob = await signUp(served.url);
  const api = callAs(served.deps, new Headers(bob.headers));
  const more = await grown(async () => {
    const { runId } = await begin(api);
    const answer = () => api.chat.answer({ runId, waitSeconds: 10 });
    await until(answer, ({ status }) => status === 'failed');
  });
  expect(more).toMatchObject({
    'switchboard_run_failures_total{provider="openai-compatible",code="MODEL_UNAVAILABLE"}': 1,
    'switchboard_runs_ended_total{status="failed"}': 1,
  });
});

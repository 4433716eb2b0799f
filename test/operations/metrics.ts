import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { signUpAdmin } from '#test/client';
import { parseMetrics } from '#test/prometheus';
import { startServer } from '#test/server';
import type { Circumstances } from './part.ts';
import { promtool, startPrometheus } from './prometheus.ts';

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'deploy/prometheus/rules.yml');
const RULE_TESTS = join(ROOT, 'deploy/prometheus/rules.test.yml');
const DASHBOARD = join(ROOT, 'deploy/grafana/switchboard.json');
const TOKEN = 'a-token-of-the-tests';

const Dashboard = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

/** Returns the queries of the dashboard, for all instances and a time of 30 seconds. */
const queriesOf = (dashboard: string): string[] =>
  Dashboard.parse(JSON.parse(dashboard)).panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$__rate_interval', '30s').replaceAll('$job', '.*').replaceAll('$instance', '.*'),
    ),
  );

/** Reads the metrics of a server as text. */
async function read(url: string): Promise<string> {
  const response = await fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(response.status, 200);
  return response.text();
}

/**
 * Lets promtool check the metrics and the alert rules, and a Prometheus scrape a server: it must have what the server has
 * counted, evaluate all rules, and know every query of the dashboard.
 */
export async function metrics({ report }: Circumstances): Promise<void> {
  await promtool(['check', 'rules', RULES]);
  await promtool(['test', 'rules', RULE_TESTS]);
  const server = await startServer({ METRICS_TOKEN: TOKEN });
  let stop = () => Promise.resolve();
  try {
    const admin = await signUpAdmin(server);
    for (let i = 0; i < 3; i++) assert.equal((await admin.rest('GET /chats')).status, 200);
    await admin.rest('GET /chats/nothing');
    const text = await read(server.url);
    assert.equal(await promtool(['check', 'metrics'], text), '');
    const began = performance.now();
    const { size } = parseMetrics(await read(server.url));
    report(`${size} series, ${text.length} bytes, read in ${(performance.now() - began).toFixed(1)} ms`);

    const prometheus = await startPrometheus(new URL(server.url).host, TOKEN, RULES);
    ({ stop } = prometheus);
    await prometheus.untilKnown('up{job="switchboard"} == 1');
    const lists = 'switchboard_call_duration_seconds_count{surface="rest",procedure="chat.list"}';
    await prometheus.untilKnown(`${lists} == 3`);
    await prometheus.untilKnown('switchboard_database_up == 1');
    const queries = queriesOf(readFileSync(DASHBOARD, 'utf8'));
    for (const query of queries) await prometheus.query(query);
    const rules = await prometheus.rules();
    assert.notEqual(rules.length, 0);
    for (const { name, health, state } of rules) {
      assert.deepEqual([name, health, state], [name, health === 'unknown' ? health : 'ok', 'inactive']);
    }
    report(
      `Prometheus ${prometheus.version}: ${rules.length} alerts, ${queries.length} queries of the dashboard`,
    );
  } finally {
    await stop();
    await server.stop();
  }
}

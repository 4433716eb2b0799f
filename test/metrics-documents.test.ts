import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { metrics } from '#server/metrics/instruments';

const ROOT = join(import.meta.dirname, '..');
const fileOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const RULES = fileOf('deploy/prometheus/rules.yml');
const DASHBOARD = fileOf('deploy/grafana/switchboard.json');
const METRICS = fileOf('docs/metrics.md');
const RUNBOOK = fileOf('docs/runbook.md');

const NAMES = metrics.all.map(({ name }) => name);
/** Returns the metrics that a text names, without the endings of histograms. */
const namedIn = (text: string) =>
  new Set(
    [...text.matchAll(/\b(?:switchboard|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    ),
  );

test('the rules, the dashboard and the pages name declared metrics only', () => {
  for (const text of [RULES, DASHBOARD, METRICS, RUNBOOK]) {
    expect(namedIn(text).size).toBeGreaterThan(5);
    expect([...namedIn(text)].filter((name) => !NAMES.includes(name))).toEqual([]);
  }
});

test('the dashboard shows every metric', () => {
  expect(NAMES.filter((name) => !namedIn(DASHBOARD).has(name))).toEqual([]);
});

test('docs/metrics.md lists every metric with its kind, labels and meaning', () => {
  const rows = METRICS.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
  const expected = metrics.all.map(
    ({ name, kind, labels, help }) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label.name}\``).join(', ')} | ${help} |`,
  );
  expect(expected.map((row) => row.replaceAll(/ +/g, ' ')).filter((row) => !rows.includes(row))).toEqual([]);
});

test('names have the endings of their kinds, and labels have values', () => {
  for (const { name, kind, labels } of metrics.all) {
    expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
    expect(labels.length).toBeLessThanOrEqual(3);
  }
  expect(new Set(NAMES).size).toBe(NAMES.length);
});

test('every alert has its section in the runbook, with what it means, what to look at and what to do', () => {
  const alerts = [...RULES.matchAll(/- alert: (\w+)$/gm)].map(([, alert = '']) => alert);
  const sections = RUNBOOK.split(/^## /m).slice(1);
  expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(alerts);
  for (const section of sections) {
    const parts = ['What it means.', 'What to look at.', 'What to do.'];
    expect(section).toMatch(new RegExp(parts.map((part) => `\\*\\*${part}\\*\\* [\\w\`][^]*`).join('')));
  }
  const links = [...RULES.matchAll(/runbook_url: (\S+)$/gm)].map(([, link = '']) => link);
  expect(links).toEqual(alerts.map((alert) => `docs/runbook.md#${alert.toLowerCase()}`));
});

test('the dashboard is one that Grafana can read', () => {
  const panels: unknown = (JSON.parse(DASHBOARD) as Record<string, unknown>)['panels'];
  expect(Array.isArray(panels) && panels.length).toBeGreaterThan(10);
});

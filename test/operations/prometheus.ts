import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { until } from '#test/client';
import { freePort } from '#test/listen';

const run = promisify(execFile);
const INSTALLED = '/usr/bin';
/** Where the programs are if they are not installed. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/prometheus');
const DOWNLOAD_MS = 240_000;
const COMMAND_MS = 30_000;
const READY_MS = 30_000;

/**
 * Returns the folder with the programs `prometheus` and `promtool` of Debian's package. If it is not installed, the package
 * is downloaded and unpacked, because its installation would start a server.
 * @throws {Error} if apt cannot download it.
 */
async function programs(): Promise<string> {
  if (existsSync(join(INSTALLED, 'promtool'))) return INSTALLED;
  const folder = join(CACHE, 'usr/bin');
  if (existsSync(join(folder, 'promtool'))) return folder;
  mkdirSync(CACHE, { recursive: true });
  const download = () => run('apt-get', ['download', 'prometheus'], { cwd: CACHE, timeout: DOWNLOAD_MS });
  try {
    await download();
  } catch {
    await run('apt-get', ['update', '-qq'], { timeout: DOWNLOAD_MS });
    await download();
  }
  const file = readdirSync(CACHE).find((name) => name.endsWith('.deb')) ?? '';
  await run('dpkg', ['-x', join(CACHE, file), CACHE], { timeout: DOWNLOAD_MS });
  return folder;
}

/** Runs promtool. @returns what it prints. @throws {Error} with its output if it finds a mistake. */
export async function promtool(args: string[], input = ''): Promise<string> {
  const child = run(join(await programs(), 'promtool'), args, { timeout: COMMAND_MS });
  child.child.stdin?.end(input);
  const { stdout, stderr } = await child;
  return stdout + stderr;
}

const Values = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const Rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })) }),
    ),
  }),
});

/** A running Prometheus. */
export interface Prometheus {
  version: string;
  /** Evaluates a query. @returns the labels and the value of each series. @throws {Error} if it is not valid. */
  query: (query: string) => Promise<{ labels: Record<string, string>; value: number }[]>;
  /** Returns the alert rules, with the result of their last evaluation. */
  rules: () => Promise<{ name: string; health: string; state: string }[]>;
  /** Waits until a query has a result. */
  untilKnown: (query: string) => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Starts a Prometheus that scrapes a server every second.
 * @param target the host and port of the server.
 * @param token the METRICS_TOKEN of the server.
 * @param rules the path of the file with its alert rules.
 */
export async function startPrometheus(target: string, token: string, rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-prometheus-'));
  const credentials = join(folder, 'token');
  writeFileSync(credentials, token, { mode: 0o600 });
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: 'switchboard',
        metrics_path: '/api/metrics',
        authorization: { credentials_file: credentials },
        static_configs: [{ targets: [target] }],
      },
    ],
  };
  // JSON is YAML.
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config));
  const port = await freePort();
  const program = join(await programs(), 'prometheus');
  const { stdout, stderr } = await run(program, ['--version'], { timeout: COMMAND_MS });
  const child = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-5000);
  });
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(COMMAND_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus returned ${response.status} for ${path}: ${text}`);
    return JSON.parse(text);
  };
  const prometheus: Prometheus = {
    version: /version (\S+)/.exec(stdout + stderr)?.[1] ?? '',
    async query(query) {
      const { data } = Values.parse(await get(`/api/v1/query?query=${encodeURIComponent(query)}`));
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    rules: async () => Rules.parse(await get('/api/v1/rules')).data.groups.flatMap((group) => group.rules),
    async untilKnown(query) {
      const isKnown = () =>
        prometheus.query(query).then(
          (result) => result.length > 0,
          () => false,
        );
      await until(isKnown, (known) => known || child.exitCode !== null, READY_MS);
      if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${log}`);
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return prometheus;
}

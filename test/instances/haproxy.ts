import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '#test/client';
import { freePort } from '#test/listen';

const program = process.env['TEST_HAPROXY'] ?? '/usr/sbin/haproxy';

/** The column of the status in the statistics of HAProxy (its management guide, section 9.1). */
const STATUS = 17;

/** A running HAProxy in front of instances. */
export interface HaProxy {
  url: string;
  /** True if it sends requests to an instance, by the index of its port. */
  isUp: (index: number) => Promise<boolean>;
  stop: () => Promise<void>;
}

/** Returns the version of the installed HAProxy, such as 2.6.12; undefined if there is none. */
export function haproxyVersion(): string | undefined {
  if (!existsSync(program)) return undefined;
  return /version (\d+\.\d+\.\d+)/i.exec(execFileSync(program, ['-v'], { encoding: 'utf8' }))?.[1];
}

/**
 * Starts HAProxy in front of instances. It never sends a request again, not even if it gets no connection, shares
 * connections between all clients, and asks every second whether an instance is ready.
 * @param ports the ports of the instances on 127.0.0.1.
 */
export async function startHaproxy(ports: readonly number[]): Promise<HaProxy> {
  const [own, statistics] = [await freePort(), await freePort()];
  const lines = [
    'defaults',
    'mode http',
    'retries 0',
    'no option redispatch',
    'http-reuse always',
    'timeout connect 5s',
    'timeout check 5s',
    'timeout client 60s',
    'timeout server 60s',
    'frontend callers',
    `bind 127.0.0.1:${own}`,
    'option forwardfor',
    'http-request set-header X-Forwarded-Host %[req.hdr(host)]',
    'http-request set-header X-Forwarded-Proto http',
    'default_backend instances',
    'backend instances',
    'balance roundrobin',
    'option httpchk',
    'http-check send meth GET uri /api/ready ver HTTP/1.1 hdr Host localhost hdr Connection close',
    'default-server check inter 1s fall 1 rise 1',
    ...ports.map((port, index) => `server i${index} 127.0.0.1:${port}`),
    'frontend statistics',
    `bind 127.0.0.1:${statistics}`,
    'stats enable',
    'stats uri /',
  ];
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'exit');
  const end = () => child.kill('SIGKILL');
  // Also if the test fails before it stops HAProxy.
  process.once('exit', end);

  async function isUp(index: number): Promise<boolean> {
    if (child.exitCode !== null) throw new Error(`HAProxy has ended: ${output}`);
    const response = await fetch(`http://127.0.0.1:${statistics}/;csv`).catch(() => undefined);
    const rows = response ? (await response.text()).split('\n') : [];
    const row = rows.find((line) => line.startsWith(`instances,i${index},`));
    return row?.split(',').at(STATUS)?.startsWith('UP') ?? false;
  }

  async function stop(): Promise<void> {
    process.off('exit', end);
    end();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await until(() => isUp(0), Boolean);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${own}`, isUp, stop };
}

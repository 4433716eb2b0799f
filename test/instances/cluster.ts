import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { freePort } from '#test/listen';
import { unprivileged } from './unprivileged.ts';

const START_LIMIT_MS = 30_000;
/** Where Debian's packages install the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';

/** How Postgres shuts down: it ends sessions and writes a checkpoint, or it ends at once, like in a crash. */
export type Shutdown = 'fast' | 'immediate';
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** A Postgres server of its own, for tests that need other settings than that of TEST_DATABASE_URL. */
export interface Cluster {
  /** The URL of its database `postgres`. */
  url: string;
  /** Its host and port. */
  address: string;
  /** Ends the server. */
  shutDown: (how: Shutdown) => Promise<void>;
  /** Starts the server after it was shut down, on the same port. */
  start: () => Promise<void>;
  /** Ends the server and removes its data. */
  stop: () => Promise<void>;
}

/** How a server is created. */
interface ClusterOptions {
  /** Settings of postgresql.conf by name. */
  settings?: Record<string, string>;
  /** The IP address to listen on, besides 127.0.0.1, for clients of its network. */
  network?: { address: string; clients: string };
  /** The server whose standby it is. */
  primary?: Cluster;
}

/** Returns the folder of the programs of Postgres: TEST_POSTGRES_BIN, or the newest version of Debian's packages. */
function programs(): string {
  const set = process.env['TEST_POSTGRES_BIN'];
  if (set !== undefined) return set;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  if (found === undefined) throw new Error(`There is no initdb in ${DEBIAN}. Set TEST_POSTGRES_BIN.`);
  return found;
}

/** Creates the files of a server in `data`. */
async function initialize(data: string, { network, primary }: ClusterOptions): Promise<void> {
  const run = (program: string, args: string[]) =>
    promisify(execFile)(join(programs(), program), args, { cwd: dirname(data), ...unprivileged });
  if (primary) {
    const { hostname, port } = new URL(primary.url);
    await run('pg_basebackup', [
      ...['--pgdata', data, '--host', hostname, '--port', port, '--username', 'postgres'],
      ...['--wal-method', 'stream', '--checkpoint', 'fast', '--write-recovery-conf'],
    ]);
    return;
  }
  const access = ['--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
  await run('initdb', ['--pgdata', data, ...access]);
  if (network) appendFileSync(join(data, 'pg_hba.conf'), `host all all ${network.clients} trust\n`);
}

/** Creates a Postgres server with its default settings, apart from those in `options`, and starts it on a free port. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-postgres-'));
  if (unprivileged) chownSync(folder, unprivileged.uid, unprivileged.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  const addresses = ['127.0.0.1', ...(options.network ? [options.network.address] : [])];
  const all = { listen_addresses: addresses.join(), unix_socket_directories: '', ...options.settings };
  const address = `127.0.0.1:${port}`;
  const url = `postgres://postgres@${address}/postgres`;
  let errors = '';
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const settings = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const started = spawn(join(programs(), 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...unprivileged,
    });
    server = started;
    started.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await accepts(url))) {
      if (started.exitCode !== null || Date.now() > deadline) throw new Error('Postgres did not start.');
      await pause(50);
    }
  }

  async function shutDown(how: Shutdown): Promise<void> {
    if (server?.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(SIGNALS[how]);
    await exited;
  }

  async function stop(): Promise<void> {
    if (server) await shutDown('fast');
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await initialize(data, options);
    await start();
  } catch (cause) {
    await stop();
    throw new Error(`Postgres did not start: ${errors}`, { cause });
  }
  return { url, address, shutDown, start, stop };
}

async function accepts(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 1, onnotice: () => undefined });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '#test/listen';
import { unprivileged } from './unprivileged.ts';

const START_LIMIT_MS = 5_000;
/** Sessions of each database. There are fewer than connections of an instance, so instances share sessions. */
const POOL_SIZE = 3;

const program = process.env['TEST_PGBOUNCER'] ?? '/usr/sbin/pgbouncer';

/** A running PgBouncer in transaction mode. */
export interface PgBouncer {
  /** The host and port. */
  address: string;
  stop: () => Promise<void>;
}

/** Returns the version of the installed PgBouncer, such as 1.18; undefined if there is none. */
export function pgBouncerVersion(): { text: string; supportsPrepared: boolean } | undefined {
  if (!existsSync(program)) return undefined;
  const [, major, minor] =
    /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' })) ?? [];
  return { text: `${major}.${minor}`, supportsPrepared: Number(major) > 1 || Number(minor) >= 21 };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * Starts PgBouncer in transaction mode, in front of all databases of a Postgres server.
 * @param server the URL of any database of the server.
 */
export async function startPgBouncer(server: string): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(server);
  const own = await freePort();
  const login = `user=${decodeURIComponent(username) || 'postgres'}${password && ` password='${decodeURIComponent(password).replaceAll("'", "''")}'`}`;
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${port || 5432} ${login}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${POOL_SIZE}`,
    'max_client_conn = 1000',
    ...(pgBouncerVersion()?.supportsPrepared === true ? ['max_prepared_statements = 200'] : []),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${lines.join('\n')}\n`);
  if (unprivileged) for (const path of [folder, file]) chownSync(path, unprivileged.uid, unprivileged.gid);
  const child: ChildProcess = spawn(program, ['--quiet', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...unprivileged,
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await accepts(own))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await pause(50);
      continue;
    }
    await stop();
    throw new Error(`PgBouncer did not start: ${errors}`);
  }
  return { address: `127.0.0.1:${own}`, stop };
}

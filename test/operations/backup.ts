import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CopySession } from '../../server/db/copying/session.ts';
import { defaultFolder, filesFolder } from '../../server/db/folder.ts';
import { parseEnv } from '../../server/env.ts';
import { startAdmin } from '../admin.ts';
import { withCopySession } from '../copy-session.ts';
import { createEmpty, dropDatabases } from '../postgres-databases.ts';
import { migrateAll, SECRETS } from './migrated.ts';
import type { Part } from './part.ts';
import { peakMemory } from './peak-memory.ts';
import { isReachable } from './postgres.ts';

/** The bytes of the rows with uploaded files, and of those with messages. */
const ROW_BYTES = 256 * 1024;
const MESSAGE_BYTES = 1024;
const GB = 1e9;
const SIZES = { embedded: [0.25 * GB, 1 * GB], postgres: [0.5 * GB, 5 * GB] } as const;
/** How much more memory a command may need for the larger database, in bytes. */
const TOLERANCE = 150e6;

type Kind = keyof typeof SIZES;
type Settings = Record<string, string>;

/** Fills a new database with files, which do not compress, and a fifth with messages, which do. */
async function fill(session: CopySession, bytes: number): Promise<void> {
  await migrateAll(session);
  const messages = Math.round((bytes * 0.2) / MESSAGE_BYTES);
  const files = Math.round((bytes * 0.8) / ROW_BYTES);
  await session.rows(`insert into users (id, name, email) values ('ada', 'Ada', 'ada@example.com')`);
  await session.rows(`insert into chats (id, user_id) values ('c', 'ada')`);
  await session.rows(`
    insert into messages (id, chat_id, user_id, role, status, parts)
    select 'm' || n, 'c', 'ada', 'user', 'complete', json_build_array(json_build_object('type', 'text', 'text',
      left(repeat(md5(n::text) || ' words ', 40), ${MESSAGE_BYTES - 40})))
    from generate_series(1, ${messages}) n`);
  await session.rows(`
    insert into files (id, user_id, filename, media_type, size, tokens, text_tokens)
    select 'f' || n, 'ada', 'a.pdf', 'application/pdf', ${ROW_BYTES}, 1, 1 from generate_series(1, ${files}) n`);
  // One random content, because making one takes longer than storing it. It is far longer than what deflate looks back at.
  await session.rows(`
    insert into file_contents (file_id, kind, piece, bytes)
    select 'f' || n, 'original', 0, content.bytes from generate_series(1, ${files}) n, (
      select string_agg(decode(md5(m::text), 'hex'), '') as bytes from generate_series(1, ${ROW_BYTES / 16}) m
    ) content`);
}

/** Runs a command, and returns how long it took, in seconds, and its most memory, in bytes. */
async function timed(settings: Settings, ...args: string[]): Promise<{ seconds: number; peak: number }> {
  const began = performance.now();
  const { child, result } = startAdmin(settings, args);
  assert(child.pid !== undefined);
  const peak = await peakMemory(child.pid, result);
  const { code, err } = await result;
  assert.equal(code, 0, `${args.join(' ')}: ${err}`);
  return { seconds: (performance.now() - began) / 1000, peak };
}

/** Makes, reads and restores backups of a small and of a large database, whose memory must not grow with the database. */
export const backup: Part = async ({ server, report }) => {
  const root = mkdtempSync(join(tmpdir(), 'switchboard-backup-'));
  let count = 0;
  /** Returns the settings of an installation without a database. */
  async function place(kind: Kind): Promise<Settings> {
    const DATA_DIR = join(root, `data-${++count}`);
    if (kind === 'postgres') {
      return {
        ...SECRETS,
        DATA_DIR,
        DATABASE_URL: await createEmpty(server, process.pid, `backup_${count}`),
      };
    }
    return { ...SECRETS, DATA_DIR };
  }

  /** @returns the most memory of each command. */
  async function measure(kind: Kind, bytes: number): Promise<Record<string, number>> {
    const from = await place(kind);
    if (kind === 'embedded') {
      mkdirSync(filesFolder(defaultFolder(from['DATA_DIR'] ?? '')), { recursive: true });
    }
    await withCopySession(parseEnv(from), (session) => fill(session, bytes));
    const archive = join(root, `${kind}-${bytes}.zip`);
    const to = await place(kind);
    const runs = {
      backup: await timed(from, 'backup', archive),
      verify: await timed(from, 'verify', archive),
      restore: await timed(to, 'restore', archive),
    };
    const figures = Object.entries(runs).map(
      ([name, { seconds, peak }]) => `${name} ${seconds.toFixed(1)} s with ${Math.round(peak / 1e6)} MB`,
    );
    const size = (statSync(archive).size / GB).toFixed(2);
    report(`${bytes / GB} GB, ${kind}: ${figures.join(', ')} of memory; the archive has ${size} GB`);
    rmSync(archive);
    return Object.fromEntries(Object.entries(runs).map(([name, { peak }]) => [name, peak]));
  }

  try {
    for (const kind of ['embedded', 'postgres'] as const) {
      if (kind === 'postgres' && !(await isReachable(server))) {
        report(`Postgres is left out, because ${new URL(server).host} does not respond`);
        continue;
      }
      const [small, large] = SIZES[kind];
      const [before, after] = [await measure(kind, small), await measure(kind, large)];
      for (const [name, peak] of Object.entries(after)) {
        const more = Math.round((peak - (before[name] ?? 0)) / 1e6);
        assert.ok(more * 1e6 < TOLERANCE, `${name} of the larger database needs ${more} MB more memory`);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
    if (await isReachable(server)) await dropDatabases(server, process.pid);
  }
};

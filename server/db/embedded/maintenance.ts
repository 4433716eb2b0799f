import type { Results } from '@electric-sql/pglite';
import { asMaintenance } from '#server/db/work';
import type { Logger } from '#server/log/index';

/** How often upkeep looks whether there is something to do, in milliseconds. */
const LOOK_MS = 250;
/** A checkpoint comes after so much log, in bytes; it is short because there is little to write. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** And at the latest after so long, where anything was written, in milliseconds. */
const CHECKPOINT_MS = 5 * 60_000;
/** Tables wait for an idle moment, but not longer than this, in milliseconds: what waits becomes more. */
const POSTPONED_MS = 1_000;
/** Changed rows after which a table is due, where a fifth of it is not less: few, so that each time there is little to do. */
const CHANGED_ROWS = 5_000;
/** From this size an empty table is given back as a whole, in bytes. */
const EMPTY_BYTES = 8 * 1024 * 1024;

/** What upkeep needs of the embedded database. */
export interface Kept {
  query: (text: string) => Promise<Results>;
  isIdle: () => boolean;
  /** How many statements may have changed something so far. */
  changes: () => number;
}

/** Tables by need, as PostgreSQL's own counters tell. After a crash these begin anew: then each table is due once. */
const TABLES = `
  with tables as (
    select *, least(${CHANGED_ROWS}, 50 + n_live_tup / 5) as enough, n_dead_tup + n_ins_since_vacuum as changed
    from pg_stat_user_tables
  )
  select quote_ident(schemaname) || '.' || quote_ident(relname) as name,
    changed >= enough or last_vacuum is null as vacuum,
    n_mod_since_analyze >= enough or last_analyze is null as analyze,
    n_live_tup = 0 and last_vacuum is not null and pg_table_size(relid) >= ${EMPTY_BYTES}
      and not exists (select from pg_constraint where confrelid = relid) as empty
  from tables where changed + n_mod_since_analyze > 0 order by changed + n_mod_since_analyze desc`;

interface Need {
  name: string;
  vacuum: boolean;
  analyze: boolean;
  empty: boolean;
}

const isNeed = (row: unknown): row is Need =>
  typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string';

/**
 * The next piece of work for a table. VACUUM leaves the end of the file alone, because looking for it reads the whole
 * file. A table that is empty is given back by TRUNCATE instead, which costs nothing: the statement looks again, and the
 * database has one connection, so nothing can be written in between.
 */
function workOn({ name, vacuum, analyze, empty }: Need): string | undefined {
  if (empty) {
    return `do $$ begin
      set local enable_seqscan = off;
      if not exists (select from ${name}) then truncate ${name}; end if;
    end $$`;
  }
  if (vacuum) return `vacuum (truncate off) ${name}`;
  return analyze ? `analyze ${name}` : undefined;
}

/**
 * Does what a server of Postgres does in processes of its own, and PGlite does not: CHECKPOINT, so that the log stays
 * short and opening after a crash is fast, and VACUUM and ANALYZE of tables that changed, one statement at a time while
 * nobody waits for the database.
 * @returns a function that ends it.
 */
export function startMaintenance(database: Kept, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let seen = 0;
  let checkpoint: { position: number; changes: number; at: number } | undefined;
  let lookedAfterAt = performance.now();
  let isTidy = false;

  async function position(): Promise<number> {
    const { rows } = await database.query(`select (pg_current_wal_insert_lsn() - '0/0')::float8 as position`);
    return Number(rows[0]?.['position']);
  }

  async function run(statement: string): Promise<void> {
    const began = performance.now();
    await database.query(statement);
    log.debug({ statement, ms: Math.round(performance.now() - began) }, 'upkeep of the embedded database');
  }

  async function mark(): Promise<void> {
    checkpoint = { changes: database.changes(), at: performance.now(), position: await position() };
  }

  /** Shortens the log if it is due. */
  async function shorten(): Promise<void> {
    if (!checkpoint) return mark();
    if (database.changes() === checkpoint.changes) return;
    const isOld = performance.now() - checkpoint.at >= CHECKPOINT_MS;
    if (!isOld && (await position()) - checkpoint.position < CHECKPOINT_BYTES) return;
    await run('checkpoint');
    await mark();
  }

  /** Looks after one table, if nobody is kept waiting or none was looked after for a while. */
  async function tidy(): Promise<void> {
    if (isTidy || (!database.isIdle() && performance.now() - lookedAfterAt < POSTPONED_MS)) return;
    lookedAfterAt = performance.now();
    const { rows } = await database.query(TABLES);
    const statement = rows
      .filter(isNeed)
      .map(workOn)
      .find((work) => work !== undefined);
    if (statement === undefined) isTidy = true;
    else await run(statement);
  }

  async function look(): Promise<void> {
    if (database.changes() !== seen) {
      seen = database.changes();
      isTidy = false;
    }
    await shorten();
    await tidy();
  }

  const next = () => {
    timer = setTimeout(() => {
      asMaintenance(look)
        .catch((err: unknown) => {
          if (!ended) log.warn({ err }, 'the upkeep of the embedded database failed; it is tried again');
        })
        .finally(() => {
          if (!ended) next();
        });
    }, LOOK_MS);
    timer.unref();
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

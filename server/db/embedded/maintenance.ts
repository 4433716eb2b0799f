import type { Results } from '@electric-sql/pglite';
import { asMaintenance } from '#server/db/work';
import type { Logger } from '#server/log/index';

/** How often to check whether maintenance is due, in milliseconds. */
const CHECK_MS = 250;
/** The bytes of log after which a checkpoint is due. The number is low so that each checkpoint is short. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** The time after which a checkpoint is due if anything was written, in milliseconds. */
const CHECKPOINT_MS = 5 * 60_000;
/**
 * The maximum time that tables wait for an idle moment, in milliseconds. The longer they wait, the more there is to do.
 */
const POSTPONED_MS = 1_000;
/**
 * The changed rows after which a table is due, unless a fifth of it is less. Few, so that each time there is little to
 * do.
 */
const CHANGED_ROWS = 5_000;
/** The size from which on an empty table is truncated, in bytes. */
const EMPTY_BYTES = 8 * 1024 * 1024;

/** The part of the embedded database that maintenance uses. */
export interface MaintainedDatabase {
  query: (text: string) => Promise<Results>;
  isIdle: () => boolean;
  /** Returns how many statements may have changed something so far. */
  changes: () => number;
}

/** Tables by need, according to PostgreSQL's statistics. A crash resets these, and then each table is due once. */
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
 * Returns the next statement for a table. VACUUM does not truncate the file, because that would read the whole file. An
 * empty table is truncated by TRUNCATE instead, which is cheap. The statement checks again that the table is empty, and
 * no other statement can write in between, because the database has one connection.
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
 * Starts the maintenance that a Postgres server does in background processes, and PGlite does not do: CHECKPOINT, so
 * that the log stays short and opening after a crash is fast, and VACUUM and ANALYZE of changed tables, one statement
 * at a time while the database is idle.
 * @returns a function that ends it.
 */
export function startMaintenance(database: MaintainedDatabase, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let seen = 0;
  let checkpoint: { position: number; changes: number; at: number } | undefined;
  let tablesCheckedAt = performance.now();
  let isTidy = false;

  async function position(): Promise<number> {
    const { rows } = await database.query(`select (pg_current_wal_insert_lsn() - '0/0')::float8 as position`);
    return Number(rows[0]?.['position']);
  }

  async function run(statement: string): Promise<void> {
    const began = performance.now();
    await database.query(statement);
    log.debug(
      { statement, ms: Math.round(performance.now() - began) },
      'maintenance of the embedded database',
    );
  }

  async function mark(): Promise<void> {
    checkpoint = { changes: database.changes(), at: performance.now(), position: await position() };
  }

  /** Creates a checkpoint if it is due. */
  async function checkpointIfDue(): Promise<void> {
    if (!checkpoint) return mark();
    if (database.changes() === checkpoint.changes) return;
    const isOld = performance.now() - checkpoint.at >= CHECKPOINT_MS;
    if (!isOld && (await position()) - checkpoint.position < CHECKPOINT_BYTES) return;
    await run('checkpoint');
    await mark();
  }

  /** Maintains one table, if the database is idle or no table was maintained for a while. */
  async function maintainTable(): Promise<void> {
    if (isTidy || (!database.isIdle() && performance.now() - tablesCheckedAt < POSTPONED_MS)) return;
    tablesCheckedAt = performance.now();
    const { rows } = await database.query(TABLES);
    const statement = rows
      .filter(isNeed)
      .map(workOn)
      .find((work) => work !== undefined);
    if (statement === undefined) isTidy = true;
    else await run(statement);
  }

  async function runIfDue(): Promise<void> {
    if (database.changes() !== seen) {
      seen = database.changes();
      isTidy = false;
    }
    await checkpointIfDue();
    await maintainTable();
  }

  const next = () => {
    timer = setTimeout(() => {
      asMaintenance(runIfDue)
        .catch((err: unknown) => {
          if (!ended) log.warn({ err }, 'maintenance of the embedded database failed, retrying');
        })
        .finally(() => {
          if (!ended) next();
        });
    }, CHECK_MS);
    timer.unref();
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

import { and, asc, eq, exists, gt, inArray, isNull, lt, not, sql, type SQL } from 'drizzle-orm';
import { today } from './chat/quota.ts';
import type { Database } from './db/database.ts';
import {
  addressDays,
  auditEvents,
  chatFiles,
  chats,
  fileContents,
  files,
  idempotencyKeys,
  imports,
  isActive,
  messages,
  oauthAccessTokens,
  oauthClientAssertions,
  oauthClients,
  oauthRefreshTokens,
  projects,
  rateCounts,
  removedAccounts,
  runEvents,
  runs,
  searchPieces,
  sessions,
  users,
  verifications,
} from './db/schema/index.ts';
import type { Env } from './env.ts';
import { isOld, isUnused } from './people/oauth/clients.ts';
import { expired } from './stores/idempotency.ts';

/** The rows that one statement removes. It takes a few milliseconds, so that other statements run in between. */
const ROWS = 100;
/** The bytes of messages that one statement removes. */
const BYTES = 1024 * 1024;
/** The pieces of file contents that one statement removes. */
const PIECES = 4;
/** The first day whose tokens per IP address are still needed, because runs of yesterday may be active. */
const yesterday = sql`${today} - 1`;
/** The number of chats that are listed at a time, and of accounts per call. */
const LISTED = 50;
/** How long imports are listed. */
const IMPORT_DAYS = 30;
/** The longest time that a call of a deleted account may still write. After that, its rows are removed. */
const LATE = sql`interval '1 hour'`;
/** How long a file is kept that was not sent. */
const KEEP_UNSENT = sql`interval '1 day'`;

/** How long a temporary chat is kept after its last message. */
const KEEP_TEMPORARY = sql`interval '1 day'`;

/** Executes a statement until it finds no more rows. */
async function repeat({ execute }: Database, statement: SQL): Promise<void> {
  while ((await execute(statement)).length > 0);
}

/**
 * Deletes rows of a table in small batches.
 * @param rows selects their `ctid`, ordered by an index, so that Postgres uses the index with any statistics.
 */
const removeRows = (database: Database, table: SQL, rows: SQL) =>
  repeat(
    database,
    sql`delete from ${table} where ctid = any(array(${rows} limit ${ROWS}::int for update skip locked)) returning 1`,
  );

/** Selects the newest messages of a chat, as many as one statement removes. A reply is newer than its parent. */
const newest = (chatId: string) => sql`array(select id from (
  select id, sum(size) over (order by id desc) - size as before from (
    select id, size from ${messages} where chat_id = ${chatId} order by id desc limit ${ROWS}::int
  ) newest
) piece where before < ${BYTES}::int)`;

/**
 * Removes deleted files: their content in the database, about 1.5 MB in one statement, and their rows. `removeObjects`
 * removes those of S3.
 */
async function removeFiles(database: Database): Promise<void> {
  const deleted = sql`select id from ${files} where user_id is null order by id`;
  await repeat(
    database,
    sql`delete from ${fileContents} where ctid = any(array(
      select content.ctid from (${deleted} limit ${ROWS}::int) deleted
      cross join lateral (select ctid from ${fileContents} where file_id = deleted.id limit ${PIECES}::int) content
      limit ${PIECES}::int
    )) returning 1`,
  );
  await removeRows(
    database,
    sql`${files}`,
    sql`select ctid from ${files} where user_id is null and location = 'database'
      and not exists (select from ${fileContents} where file_id = ${files.id}) order by id`,
  );
}

/** Deletes files that were not sent within a day. */
const deleteUnsentFiles = (database: Database) =>
  repeat(
    database,
    sql`update ${files} set user_id = null where ctid = any(array(
      select ctid from ${files}
      where sent_at is null and user_id is not null and created_at < now() - ${KEEP_UNSENT}
      order by created_at limit ${ROWS}::int for update skip locked
    )) returning 1`,
  );

/** Deletes the files of a chat to which no other chat refers. */
async function deleteFiles({ db }: Database, chatId: string): Promise<void> {
  const ofChat = eq(chatFiles.chatId, chatId);
  for (let left = ROWS; left === ROWS;) {
    left = await db.transaction(async (tx) => {
      const rows = await tx
        .select({ id: chatFiles.fileId })
        .from(chatFiles)
        .where(ofChat)
        .orderBy(asc(chatFiles.fileId))
        .limit(ROWS);
      if (rows.length === 0) return 0;
      const ids = rows.map(({ id }) => id);
      const isListed = inArray(files.id, ids);
      // A message that is being sent with one of the files waits for the lock, or is seen by the next statement.
      await tx.select({ id: files.id }).from(files).where(isListed).orderBy(asc(files.id)).for('update');
      await tx.delete(chatFiles).where(and(ofChat, inArray(chatFiles.fileId, ids)));
      const isUsed = exists(tx.select().from(chatFiles).where(eq(chatFiles.fileId, files.id)));
      await tx
        .update(files)
        .set({ userId: null })
        .where(and(isListed, not(isUsed)));
      return rows.length;
    });
  }
}

async function removeChat(database: Database, chatId: string): Promise<void> {
  const ofChat = eq(runs.chatId, chatId);
  await repeat(
    database,
    sql`delete from ${runEvents} where ctid = any(array(
      select event.ctid from ${runs}
      cross join lateral (select ctid from ${runEvents} where run_id = ${runs.id} limit ${5 * ROWS}::int) event
      where ${ofChat} order by ${runs.id} limit ${5 * ROWS}::int
    )) returning 1`,
  );
  await removeRows(database, sql`${runs}`, sql`select ctid from ${runs} where ${ofChat} order by id`);
  const pieces = sql`select ctid from ${searchPieces} where chat_id = ${chatId} order by message_id, piece`;
  await removeRows(database, sql`${searchPieces}`, pieces);
  await repeat(database, sql`delete from ${messages} where id = any(${newest(chatId)}) returning 1`);
  await deleteFiles(database, chatId);
  // If another instance has locked some of the rows, it or the next call removes the chat.
  await database.execute(sql`delete from ${chats} where id = ${chatId} and user_id is null
    and not exists (select from ${searchPieces} where chat_id = ${chatId})
    and not exists (select from ${messages} where chat_id = ${chatId})
    and not exists (select from ${chatFiles} where chat_id = ${chatId})
    and not exists (select from ${runs} where chat_id = ${chatId})`);
}

/** True if no answer is in progress in a chat. A running answer was already requested to stop, and will end. */
const isAtRest = sql`not exists (select from ${runs} where ${and(eq(runs.chatId, chats.id), isActive(runs))})`;

async function removeChats(database: Database): Promise<void> {
  const { db } = database;
  for (let last = ''; ;) {
    const deleted = await db
      .select({ id: chats.id })
      .from(chats)
      .where(and(isNull(chats.userId), gt(chats.id, last), isAtRest))
      .orderBy(asc(chats.id))
      .limit(LISTED);
    for (const { id } of deleted) {
      await removeChat(database, id);
      last = id;
    }
    if (deleted.length < LISTED) return;
  }
}

/** Deletes temporary chats a day after their last message. An answer in progress ends first. */
const deleteTemporaryChats = (database: Database) =>
  repeat(
    database,
    sql`update ${chats} set user_id = null, client_id = null where ctid = any(array(
      select ctid from ${chats}
      where temporary and user_id is not null and active_at < now() - ${KEEP_TEMPORARY} and ${isAtRest}
      order by active_at limit ${ROWS}::int for update skip locked
    )) returning 1`,
  );

async function removeAccounts(database: Database): Promise<void> {
  const { db } = database;
  const { swept: isSwept, createdAt } = removedAccounts;
  for (const swept of [false, true]) {
    const isDue = swept ? lt(createdAt, sql`now() - ${LATE}`) : undefined;
    const removed = await db
      .select({ userId: removedAccounts.userId })
      .from(removedAccounts)
      .where(and(eq(isSwept, swept), isDue))
      .orderBy(asc(createdAt))
      .limit(LISTED);
    for (const { userId } of removed) {
      const own = sql`where user_id = ${userId}`;
      await repeat(
        database,
        sql`update ${chats} set user_id = null, client_id = null
          where id = any(array(select id from ${chats} ${own} limit ${ROWS}::int)) returning 1`,
      );
      await repeat(
        database,
        sql`update ${files} set user_id = null
          where id = any(array(select id from ${files} ${own} order by id limit ${ROWS}::int)) returning 1`,
      );
      await removeRows(
        database,
        sql`${auditEvents}`,
        sql`select ctid from ${auditEvents} ${own} order by id`,
      );
      // After the chats, which their foreign key would change otherwise.
      await removeRows(database, sql`${projects}`, sql`select ctid from ${projects} ${own} order by id`);
      const keys = sql`select ctid from ${idempotencyKeys} ${own} order by key`;
      await removeRows(database, sql`${idempotencyKeys}`, keys);
      const row = eq(removedAccounts.userId, userId);
      if (swept) await db.delete(removedAccounts).where(row);
      else await db.update(removedAccounts).set({ swept: true }).where(row);
    }
  }
}

/**
 * Removes the rows of deleted chats, accounts and files, and after a day temporary chats and files that were not sent, in
 * small batches. Callers no longer see them after the statement that deleted the chat, account or file. The removal can
 * be interrupted at any point, and several instances can run it at the same time.
 */
export async function removeDeleted(database: Database): Promise<void> {
  await removeAccounts(database);
  await deleteTemporaryChats(database);
  await removeChats(database);
  await deleteUnsentFiles(database);
  await removeFiles(database);
}

/**
 * Deletes expired rows: idempotency keys, token counts of IP addresses, sessions, guests that have not returned,
 * entries of the audit trail, OAuth tokens and codes, windows of rate limits, imports of chats, and OAuth clients that no user has
 * connected within a day.
 */
export async function removeExpired(
  database: Database,
  env: Pick<Env, 'AUDIT_DAYS' | 'GUEST_DAYS'>,
): Promise<void> {
  const before = (days: number) => sql`now() - ${days}::int * interval '1 day'`;
  const visits = and(
    eq(sessions.userId, users.id),
    gt(sessions.expiresAt, sql`now()`),
    gt(sessions.updatedAt, before(env.GUEST_DAYS)),
  );
  const old: [table: SQL, condition: SQL | undefined, order: SQL][] = [
    [sql`${idempotencyKeys}`, expired, sql`created_at`],
    [sql`${addressDays}`, lt(addressDays.day, yesterday), sql`day`],
    [sql`${sessions}`, lt(sessions.expiresAt, sql`now()`), sql`expires_at`],
    [
      sql`${users}`,
      sql`${users.isAnonymous} and ${users.createdAt} < ${before(env.GUEST_DAYS)}
        and not exists (select from ${sessions} where ${visits})`,
      sql`created_at`,
    ],
    [sql`${auditEvents}`, lt(auditEvents.createdAt, before(env.AUDIT_DAYS)), sql`created_at`],
    [sql`${oauthAccessTokens}`, lt(oauthAccessTokens.expiresAt, sql`now()`), sql`expires_at`],
    [sql`${oauthRefreshTokens}`, lt(oauthRefreshTokens.expiresAt, sql`now()`), sql`expires_at`],
    [sql`${oauthClientAssertions}`, lt(oauthClientAssertions.expiresAt, sql`now()`), sql`expires_at`],
    [sql`${verifications}`, lt(verifications.expiresAt, sql`now()`), sql`expires_at`],
    [sql`${imports}`, lt(imports.createdAt, before(IMPORT_DAYS)), sql`created_at`],
    [sql`${rateCounts}`, lt(rateCounts.endsAt, sql`now()`), sql`ends_at`],
    [sql`${oauthClients}`, and(isUnused, isOld), sql`updated_at`],
  ];
  for (const [table, condition, order] of old) {
    await removeRows(database, table, sql`select ctid from ${table} where ${condition} order by ${order}`);
  }
}

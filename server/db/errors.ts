/** Yields the error and everything that it wraps, outermost first. */
function* causes(error: unknown): Generator<object> {
  let current = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth++) {
    yield current;
    current = 'cause' in current ? current.cause : undefined;
  }
}

/** True if the error, or one that it wraps, passes a test. */
function hasCause(error: unknown, test: (cause: object) => boolean): boolean {
  for (const cause of causes(error)) if (test(cause)) return true;
  return false;
}

function codeOf(error: object): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Returns the name of the violated constraint, from postgres.js or PGlite. */
function constraintOf(error: object): string {
  const name =
    'constraint_name' in error ? error.constraint_name : 'constraint' in error ? error.constraint : '';
  return typeof name === 'string' ? name : '';
}

/**
 * Network codes of Node and postgres.js, PostgreSQL's classes 08 (connection) and 57 (operator intervention, such as a
 * shutdown) without 57014 (a statement was ended), 25P03 and 25P04 (a session was ended by its time limit), 53300 (too
 * many connections), and what `isReadOnly` recognizes.
 */
const CONNECTION =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECTION_DESTROYED|CONNECT_TIMEOUT|08...|57(?!014)...|25P0[34]|25006|53300)$/;

/** True if the database cannot be reached or used now (SQLSTATE: appendix A of the PostgreSQL manual). */
export const isConnectionError = (error: unknown): boolean =>
  hasCause(error, (cause) => CONNECTION.test(codeOf(cause)));

/** Returns the message of the error that others wrap. */
export function innermost(error: unknown): string {
  const last = [...causes(error)].at(-1);
  return last !== undefined && 'message' in last ? String(last.message) : String(error);
}

/** True if a table does not exist: undefined_table, SQLSTATE 42P01. */
export const isUndefinedTable = (error: unknown): boolean =>
  hasCause(error, (cause) => codeOf(cause) === '42P01');

/** True if a lock was not free in time (SQLSTATE 55P03), or if waiting for it was a deadlock (40P01). */
export const isLockTimeout = (error: unknown): boolean =>
  hasCause(error, (cause) => /^(55P03|40P01)$/.test(codeOf(cause)));

/**
 * True if the server rejects changes: SQLSTATE 25006. It is a standby, or was made one, so the connection must lead to
 * another server.
 */
export const isReadOnly = (error: unknown): boolean => hasCause(error, (cause) => codeOf(cause) === '25006');

/**
 * True if the database is too busy at the moment: SQLSTATE 57014 (a statement was ended, here by its time limit), 55P03
 * (a lock was not free), 53300 (too many connections), 40P01 (a deadlock) and 40001 (a conflict with another
 * transaction). All of these can be retried.
 */
export const isBusy = (error: unknown): boolean =>
  hasCause(error, (cause) => /^(57014|55P03|53300|40P01|40001)$/.test(codeOf(cause)));

/** True if the database is out of disk, memory or a configured resource: SQLSTATE class 53. */
export const isExhausted = (error: unknown): boolean =>
  hasCause(error, (cause) => /^53...$/.test(codeOf(cause)));

/** True if the database rejects the login: SQLSTATE class 28 (invalid user or password) or 3D (no such database). */
export const isLoginRejected = (error: unknown): boolean =>
  hasCause(error, (cause) => /^(28...|3D...)$/.test(codeOf(cause)));

/** True if others changed the same rows at the same time: serialization_failure and deadlock_detected. */
export const isSerializationFailure = (error: unknown): boolean =>
  hasCause(error, (cause) => /^40(001|P01)$/.test(codeOf(cause)));

/** True if a statement failed because its row belongs to a deleted account: foreign_key_violation, SQLSTATE 23503. */
export const isOfDeletedAccount = (error: unknown): boolean =>
  hasCause(
    error,
    (cause) => codeOf(cause) === '23503' && constraintOf(cause).endsWith('_user_id_users_id_fk'),
  );

/** True if a chat would be in a project that its owner does not have: foreign_key_violation, SQLSTATE 23503. */
export const isOfOtherProject = (error: unknown): boolean =>
  hasCause(error, (cause) => codeOf(cause) === '23503' && constraintOf(cause) === 'chats_project_fk');

/** True if a temporary chat would be in a project: check_violation, SQLSTATE 23514. */
export const isOfTemporaryChat = (error: unknown): boolean =>
  hasCause(error, (cause) => codeOf(cause) === '23514' && constraintOf(cause) === 'chats_project_check');

/** True if the database function `place` found no place for a new row (see server/db/places.ts). */
export const isWithoutPlace = (error: unknown): boolean =>
  hasCause(error, (cause) => codeOf(cause) === 'SB001');

/** True if the database function `reserve` found too few tokens left (see server/chat/quota.ts). */
export const isWithoutTokens = (error: unknown): boolean =>
  hasCause(error, (cause) => codeOf(cause) === 'SB002');

/**
 * True if `error` is a unique violation (SQLSTATE 23505).
 * @param constraint if given, only a violation of the constraint or index with this name counts.
 */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  hasCause(
    error,
    (cause) => codeOf(cause) === '23505' && (constraint === undefined || constraintOf(cause) === constraint),
  );

/** Yields the error and everything that it wraps, outermost first. */
function* causes(error: unknown): Generator<object> {
  let current = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth++) {
    yield current;
    current = 'cause' in current ? current.cause : undefined;
  }
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
export function isConnectionError(error: unknown): boolean {
  for (const cause of causes(error)) if (CONNECTION.test(codeOf(cause))) return true;
  return false;
}

/**
 * True if the server rejects changes: SQLSTATE 25006. It is a standby, or was made one, so the connection must lead to
 * another server.
 */
export function isReadOnly(error: unknown): boolean {
  for (const cause of causes(error)) if (codeOf(cause) === '25006') return true;
  return false;
}

/**
 * True if the database is too busy at the moment: SQLSTATE 57014 (a statement was ended, here by its time limit), 55P03
 * (a lock was not free), 53300 (too many connections), 40P01 (a deadlock) and 40001 (a conflict with another
 * transaction). All of these can be retried.
 */
export function isBusy(error: unknown): boolean {
  for (const cause of causes(error)) if (/^(57014|55P03|53300|40P01|40001)$/.test(codeOf(cause))) return true;
  return false;
}

/** True if the database is out of disk, memory or a configured resource: SQLSTATE class 53. */
export function isExhausted(error: unknown): boolean {
  for (const cause of causes(error)) if (/^53...$/.test(codeOf(cause))) return true;
  return false;
}

/** True if the database rejects the login: SQLSTATE class 28 (invalid user or password) or 3D (no such database). */
export function isLoginRejected(error: unknown): boolean {
  for (const cause of causes(error)) if (/^(28...|3D...)$/.test(codeOf(cause))) return true;
  return false;
}

/** True if others changed the same rows at the same time: serialization_failure and deadlock_detected. */
export function isSerializationFailure(error: unknown): boolean {
  for (const cause of causes(error)) if (/^40(001|P01)$/.test(codeOf(cause))) return true;
  return false;
}

/** True if a statement failed because its row belongs to a deleted account: foreign_key_violation, SQLSTATE 23503. */
export function isOfDeletedAccount(error: unknown): boolean {
  for (const cause of causes(error)) {
    if (codeOf(cause) === '23503' && constraintOf(cause).endsWith('_user_id_users_id_fk')) return true;
  }
  return false;
}

/** True if a chat would be in a project that its owner does not have: foreign_key_violation, SQLSTATE 23503. */
export function isOfOtherProject(error: unknown): boolean {
  for (const cause of causes(error)) {
    if (codeOf(cause) === '23503' && constraintOf(cause) === 'chats_project_fk') return true;
  }
  return false;
}

/** True if a temporary chat would be in a project: check_violation, SQLSTATE 23514. */
export function isOfTemporaryChat(error: unknown): boolean {
  for (const cause of causes(error)) {
    if (codeOf(cause) === '23514' && constraintOf(cause) === 'chats_project_check') return true;
  }
  return false;
}

/** True if the database function `place` found no place for a new row (see server/db/places.ts). */
export function isWithoutPlace(error: unknown): boolean {
  for (const cause of causes(error)) if (codeOf(cause) === 'SB001') return true;
  return false;
}

/** True if the database function `reserve` found too few tokens left (see server/chat/quota.ts). */
export function isWithoutTokens(error: unknown): boolean {
  for (const cause of causes(error)) if (codeOf(cause) === 'SB002') return true;
  return false;
}

/**
 * True if `error` is a unique violation (SQLSTATE 23505).
 * @param constraint if given, only a violation of the constraint or index with this name counts.
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  for (const cause of causes(error)) {
    if (codeOf(cause) !== '23505') continue;
    if (constraint === undefined) return true;
    if (constraintOf(cause) === constraint) return true;
  }
  return false;
}

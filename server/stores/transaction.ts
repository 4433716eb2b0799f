import { scoped } from '#server/compose';
import { isSerializationFailure } from '#server/db/errors';
import { AppError } from '#server/errors';
import type { Context } from '#server/people/context';

/** Several attempts, because other calls may have changed the same rows without affecting the precondition. */
const ATTEMPTS = 3;

/**
 * Runs `work` in one transaction that sees a single state of the database. If others change what it has read and
 * changes, it fails (docs/decisions/0006-lost-updates.md). Runs are started and stopped, and cached callers
 * invalidated, after the commit.
 * @param work gets the context for calling procedures. It may be rolled back and run again.
 * @throws {AppError} PRECONDITION_FAILED if others change the same rows in every attempt.
 */
export async function inSnapshot<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  // Authenticates before the transaction, because the embedded database has no second connection for it.
  await context.authenticate();
  for (let attempt = 1; ; attempt++) {
    const effects: (() => unknown)[] = [];
    try {
      const result = await context.deps.database.snapshot((database) => {
        const deps = scoped(context.deps, database, (effect) => void effects.push(effect));
        return work({ ...context, deps });
      });
      for (const effect of effects) await effect();
      return result;
    } catch (error) {
      if (!isSerializationFailure(error)) throw error;
      if (attempt === ATTEMPTS) throw new AppError('PRECONDITION_FAILED', { cause: error });
    }
  }
}

import { scoped } from '#server/compose';
import { isSerializationFailure } from '#server/db/errors';
import { AppError } from '#server/errors';
import type { Context } from '#server/people/context';

/** Others may have changed something else that `work` changes too: then it is right the next time. */
const ATTEMPTS = 3;

/**
 * Does `work` in one transaction that sees one state of the database: what it read cannot be changed by others before
 * it is done without its failing (docs/decisions/0006-lost-updates.md). Runs are started and stopped, and
 * callers forgotten, when it is committed.
 * @param work gets the context to call procedures with; what it does may be rolled back and done again.
 * @throws {AppError} PRECONDITION_FAILED when others change what it changes, again and again.
 */
export async function inSnapshot<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  // Asked of the database outside the transaction, which the embedded database could not do within.
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

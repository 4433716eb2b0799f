import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadDriver } from '#server/db/client';
import { beginOpening, closeOpenings } from '#server/db/embedded/opening';
import { databaseLocation } from '#server/db/folder';
import { DatabaseLockedError } from '#server/db/lock';
import { DatabaseUnusableError } from '#server/db/unusable';
import { env, EnvError } from '#server/env';
import type { ErrorDescription } from '#server/log/describe';
import { BuildError, checkBuild } from '#server/pages/build';

/** The folder of the project. */
const ROOT = join(import.meta.dirname, '..');

/** The time in which a second signal is the same one: a terminal sends it, and npm passes it on, in milliseconds. */
const SAME_SIGNAL_MS = 1_000;

/** True for an error of the database, because its text may quote rows. */
const mayQuoteRows = ({ sqlstate, statement, cause }: ErrorDescription): boolean =>
  sqlstate !== undefined || statement !== undefined || (cause !== undefined && mayQuoteRows(cause));

/** Returns the text to print for an error that stopped the start. */
async function textOf(error: unknown): Promise<string> {
  // Errors that the operator can fix need no stack.
  const expected = [EnvError, BuildError, DatabaseLockedError, DatabaseUnusableError];
  if (error instanceof Error && expected.some((kind) => error instanceof kind)) return error.message;
  const { describeError } = await import('#server/log/describe');
  const { showError } = await import('#server/log/terminal');
  if (env().NODE_ENV === 'development') return showError(error).text;
  const description = describeError(error);
  return inspect(mayQuoteRows(description) ? description : error, { depth: 6 });
}

async function tryToStart(onLoaded: () => void): Promise<void> {
  const settings = env();
  if (settings.NODE_ENV !== 'development') checkBuild(join(ROOT, '.next'));

  const stopping: { since: number | null; stop: (hurry: AbortSignal) => Promise<void> } = {
    since: null,
    stop: closeOpenings,
  };
  const hurry = new AbortController();
  const isStopping = () => stopping.since !== null;
  // SIGHUP is sent if the terminal was closed (on Windows, its window).
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.since !== null) {
        if (performance.now() - stopping.since > SAME_SIGNAL_MS) hurry.abort();
        return;
      }
      stopping.since = performance.now();
      stopping.stop(hurry.signal).then(
        () => process.exit(0),
        (error: unknown) => {
          console.error('failed to stop the server gracefully', error);
          process.exit(1);
        },
      );
    });
  }

  // Loading the other modules takes longer than opening the database, and each occupies a thread.
  const location = databaseLocation(settings);
  if ('folder' in location) beginOpening(location.folder);
  const [{ serve }] = await Promise.all([import('./main.ts'), loadDriver(location)]);
  onLoaded();
  if (isStopping()) return;
  await serve(settings, {
    hasBegun: isStopping,
    onBegin: (work) => {
      stopping.stop = work;
    },
  });
}

/**
 * Checks the settings and the build, and begins to open the embedded database before it loads the modules that serve
 * the API and the pages. If that fails, it prints why and ends the process.
 * @param onLoaded called when all modules that a start needs are loaded.
 */
export async function start(onLoaded: () => void): Promise<void> {
  try {
    await tryToStart(onLoaded);
  } catch (error) {
    // Not with console.error, which may already write to the log.
    process.stderr.write(`${await textOf(error)}\n`);
    await closeOpenings();
    process.exit(1);
  }
}

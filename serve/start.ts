import { join } from 'node:path';
import { inspect } from 'node:util';
import { PRODUCT } from '#contract/product';
import { loadDriver } from '#server/db/client';
import { beginOpening, closeOpenings } from '#server/db/embedded/opening';
import { databaseLocation } from '#server/db/folder';
import { DatabaseLockedError } from '#server/db/lock';
import { DatabaseUnusableError } from '#server/db/unusable';
import { env, EnvError, requestedLogFormat } from '#server/env';
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

/** Writes a line about the stop of the process. */
async function note(fields: object, text: string): Promise<void> {
  const { noticesOf, processLog } = await import('#server/log/index');
  const log = processLog();
  // Counts of repeated lines belong before it.
  log.flush();
  noticesOf(log).info(fields, text);
}

/** Writes why the start has failed: into the log if that is for programs, otherwise as a text. */
async function reportFailure(error: unknown): Promise<void> {
  const { createLogger, formatOf } = await import('#server/log/index');
  const text = await textOf(error);
  const LOG_FORMAT = requestedLogFormat();
  // Invalid settings cannot be read.
  const NODE_ENV = error instanceof EnvError ? undefined : env().NODE_ENV;
  const format = formatOf({ LOG_FORMAT, NODE_ENV });
  // Not with console.error, which may already write to the log.
  if (format === 'pretty') process.stderr.write(`${text}\n`);
  else createLogger({ LOG_LEVEL: 'fatal', LOG_FORMAT: format }).fatal(text);
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
      const since = performance.now();
      stopping.since = since;
      const stop = async () => {
        await note({ signal }, `${PRODUCT.name} is stopping`);
        await stopping.stop(hurry.signal);
        await note({ ms: Math.round(performance.now() - since) }, `${PRODUCT.name} has stopped`);
      };
      stop().then(
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
    await reportFailure(error);
    await closeOpenings();
    process.exit(1);
  }
}

// @ts-check
/** How a command that is told to stop tells the program it runs. */

/** How often a command looks whether its shell is still there, in milliseconds. */
const WATCH_MS = 200;
/** What started this process. */
const PARENT = process.ppid;

/**
 * Passes a stop on to a child process, once.
 *
 * npm passes a SIGTERM that it was sent on to the shell it runs a script in, and some shells (such as Debian's sh) end by it
 * and leave the command running: a command that npm started therefore stops when its shell has ended. On Windows there is no
 * such signal to pass on: the console sends Ctrl+C to all of its processes, and `kill` would end the child at once.
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ platform?: NodeJS.Platform }} [options]
 * @returns {() => void} ends that
 */
export function passStopsTo(child, { platform = process.platform } = {}) {
  let isStopping = false;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    if (!isStopping && platform !== 'win32') child.kill(signal);
    isStopping = true;
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);

  const isInShell = platform !== 'win32' && process.env['npm_lifecycle_event'] !== undefined;
  const watch = isInShell
    ? setInterval(() => {
        if (process.ppid !== PARENT) pass('SIGTERM');
      }, WATCH_MS)
    : undefined;

  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, pass);
  };
}

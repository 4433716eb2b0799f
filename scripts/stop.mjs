// @ts-check
/** Forwards stop signals of a command to the program that it runs. */

/** The interval in which a command checks that its shell is still running, in milliseconds. */
const WATCH_MS = 200;
/** The id of the parent process. */
const PARENT = process.ppid;

/**
 * Forwards the first stop signal to a child process.
 *
 * npm forwards SIGTERM to the shell in which it runs a script. Some shells, such as Debian's sh, end without stopping
 * the command. Therefore a command that npm started also stops when its shell has ended. On Windows nothing is
 * forwarded: the console sends Ctrl+C to all of its processes, and `kill` would end the child immediately.
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ platform?: NodeJS.Platform }} [options]
 * @returns {() => void} a function that stops forwarding
 */
export function forwardStopSignals(child, { platform = process.platform } = {}) {
  let isStopping = false;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (!isStopping && platform !== 'win32') child.kill(signal);
    isStopping = true;
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);

  const isInShell = platform !== 'win32' && process.env['npm_lifecycle_event'] !== undefined;
  const watch = isInShell
    ? setInterval(() => {
        if (process.ppid !== PARENT) forward('SIGTERM');
      }, WATCH_MS)
    : undefined;

  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, forward);
  };
}

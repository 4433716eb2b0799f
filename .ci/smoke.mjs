// @ts-check
/** Starts the application with `npm start`, twice, and stops it with SIGTERM. Runs on Node.js 20. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The time limit of the first start, which may have to build. */
const START_MS = 180_000;
/** The time limit of the second start on a slow machine. `npm run bench -- start` measures it. */
const SECOND_START_MS = 8_000;
const STOP_MS = 5_000;
const READY = / is ready: ([^\s"]+)["\n]/;

const folder = mkdtempSync(join(tmpdir(), 'switchboard-smoke-'));

/** @param {string} origin */
async function assertReady(origin) {
  const response = await fetch(`${origin}/api/ready`, { signal: AbortSignal.timeout(5_000) });
  assert.equal(response.status, 200, `/api/ready returned ${response.status}: ${await response.text()}`);
}

/** @param {string} origin */
const isUp = (origin) =>
  fetch(`${origin}/api/health`, { signal: AbortSignal.timeout(STOP_MS) }).then(
    () => true,
    () => false,
  );

/**
 * Runs `npm start`, checks that it is ready, and stops it.
 * @param {number} limitMs the maximum duration of the start
 */
async function startAndStop(limitMs) {
  const started = performance.now();
  const env = { ...process.env, PORT: '0', DATA_DIR: folder };
  // In a separate process group, so that no process is left behind if a check fails.
  const npm = spawn('npm', ['start'], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(npm, 'exit');
  try {
    let output = '';
    /** @type {string} */
    const origin = await new Promise((resolve, reject) => {
      const onOutput = (/** @type {string} */ chunk) => {
        output += chunk;
        const ready = READY.exec(output);
        if (ready?.[1]) resolve(ready[1]);
      };
      for (const pipe of [npm.stdout, npm.stderr]) pipe.setEncoding('utf8').on('data', onOutput);
      void exit.then(([code]) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
      void pause(START_MS, undefined, { ref: false }).then(() => reject(new Error(`not ready:\n${output}`)));
    });
    const startMs = Math.round(performance.now() - started);
    await assertReady(origin);
    console.log(`ready after ${startMs} ms`);
    assert.ok(startMs < limitMs, `the start took ${startMs} ms; the limit is ${limitMs} ms`);

    const stopped = performance.now();
    npm.kill('SIGTERM');
    await Promise.race([exit, pause(STOP_MS, undefined, { ref: false })]);
    const stopMs = Math.round(performance.now() - stopped);
    assert.ok(
      npm.exitCode !== null || npm.signalCode !== null,
      `npm start still runs ${stopMs} ms after SIGTERM`,
    );
    // With some shells, npm ends before the server does (see scripts/stop.mjs).
    while (await isUp(origin)) {
      assert.ok(performance.now() - stopped < STOP_MS, 'the server still responds after npm start has ended');
      await pause(50);
    }
    console.log(
      `npm stopped after ${stopMs} ms, the server after ${Math.round(performance.now() - stopped)} ms`,
    );
  } finally {
    try {
      if (npm.pid) process.kill(-npm.pid, 'SIGKILL');
    } catch {
      // The group has no more processes.
    }
  }
}

try {
  await startAndStop(START_MS);
  await startAndStop(SECOND_START_MS);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

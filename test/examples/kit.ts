import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram } from '#test/run-program';
import { build } from '../../scripts/layer/build.ts';

/** The folder of the examples in this project. */
export const EXAMPLES = join(import.meta.dirname, '../../examples');
/** The compilers that every example must satisfy. */
export const COMPILERS = ['5.9.3', '6.0.3', '7.0.2'];

/** Where the projects of the examples are created. */
export interface Workshop {
  root: string;
  /** The path of the packed layer. */
  tarball: string;
}

/** Runs a command, whose words have no spaces. @throws the errors of `runProgram`. */
export function run(
  command: string,
  { folder, env }: { folder: string; env?: Record<string, string> },
): Promise<string> {
  console.log(`$ ${command}`);
  return runProgram(folder, command.split(' '), env);
}

/** Builds and packs the layer. */
export async function createWorkshop(): Promise<Workshop> {
  const root = mkdtempSync(join(tmpdir(), 'layer-examples-'));
  const folder = build(join(root, 'layer'));
  const name = await run(`npm pack --silent --pack-destination ${root}`, { folder });
  return { root, tarball: join(root, name.trim()) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/**
 * Starts a server, and ends it after the check.
 * @param args returns the arguments of Node for a port.
 */
export async function whileServed(
  args: (port: string) => string[],
  { folder, env = {} }: { folder: string; env?: Record<string, string> },
  check: (origin: string) => Promise<void>,
): Promise<void> {
  const port = String(await freePort());
  const server = spawn(process.execPath, args(port), {
    cwd: folder,
    env: { ...process.env, ...env, PORT: port },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await answered(origin);
    await check(origin);
  } finally {
    server.kill('SIGKILL');
    await once(server, 'close');
  }
}

/** Waits until a server answers, at most 20 seconds. */
async function answered(origin: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await fetch(`${origin}/api/openapi.json`);
      return;
    } catch {
      await pause(200);
    }
  }
}

/** Returns an input for a query, as JSON in a URL. */
export const encoded = (input: unknown): string => encodeURIComponent(JSON.stringify(input));

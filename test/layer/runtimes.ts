import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as bundle, type BuildOptions } from 'esbuild';
import { runProgram } from '#test/run-program';
import { answers, type Answer, type Call } from './project/calls.ts';

const BUN = `@oven/bun-${process.platform}-${process.arch}`;
const DENO = `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`;
const PACKAGES = [`${BUN}@1.4.5`, `${DENO}@2.9.6`, 'miniflare@4.20260730.0', 'edge-runtime@4.0.1'];

/** Serves a request in a runtime. */
interface Sandbox {
  dispatchFetch: (url: string, init: object) => Promise<Response>;
}

/** Bundles a module of a project with all its packages, as for workerd. */
export async function bundleWorker(folder: string, file: string, options: BuildOptions): Promise<string> {
  const outfile = join(folder, file);
  await bundle({
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'silent',
    ...options,
  });
  return outfile;
}

const ATTEMPTS = 10;

/** Sends the calls to a sandbox, whose classes for requests and forms are not those of this process. */
const answersOf = (sandbox: Sandbox, calls: readonly Call[]): Promise<Answer[]> =>
  answers(async (path, init) => {
    const request = new Request(`http://localhost${path}`, init);
    const body = Buffer.from(await request.arrayBuffer());
    const options = {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(body.length > 0 && { body }),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        return await sandbox.dispatchFetch(request.url, options);
      } catch (error) {
        // workerd closes a connection whose body it does not read, sometimes before the client has read the response.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }, calls);

/** Returns a program that sends the calls of a file to a module that exports `run`, and prints the answers. */
export const printProgram = (module: string, calls: string): string => `
import { readFileSync } from 'node:fs';
import { run } from ${JSON.stringify(module)};
const calls = JSON.parse(readFileSync(${JSON.stringify(calls)}, 'utf8'));
console.log(JSON.stringify(await run(calls)));
`;

/**
 * Installs other runtimes than Node, and calls the API in each: the installed packages in Bun and Deno, bundles in
 * workerd and the edge runtime.
 * @param root the folder to install them in.
 * @param folder the project, whose modules are compiled to `out/server/`.
 * @param calls the calls to send. @param file the path of the same calls as JSON.
 * @returns by the name of the runtime, a function that returns its answers.
 */
export async function createRuntimes(
  root: string,
  folder: string,
  calls: readonly Call[],
  file: string,
): Promise<Record<string, () => Promise<Answer[]>>> {
  const home = join(root, 'runtimes');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  await runProgram(home, ['npm', 'install', '--no-audit', '--no-fund', ...PACKAGES]);
  const program = (path: string) => {
    const file = join(home, 'node_modules', path);
    if (!existsSync(file)) throw new Error(`${file} is not installed.`);
    return file;
  };
  const load = (name: string): Promise<unknown> =>
    import(pathToFileURL(createRequire(join(home, 'package.json')).resolve(name)).href);
  writeFileSync(join(folder, 'print.mjs'), printProgram(join(folder, 'out/server/worker.js'), file));
  const printed = async (command: string[]) => JSON.parse(await runProgram(folder, command)) as Answer[];
  const source = (contents: string) => ({ stdin: { contents, resolveDir: folder, loader: 'ts' as const } });

  return {
    Bun: () => printed([program(`${BUN}/bin/bun`), 'print.mjs']),
    Deno: () =>
      printed([
        program(`${DENO}/deno`),
        'run',
        '--quiet',
        '--allow-all',
        '--node-modules-dir=manual',
        'print.mjs',
      ]),
    async workerd() {
      const file = await bundleWorker(
        folder,
        'workerd.mjs',
        source("export { default } from './worker.ts';"),
      );
      const { Miniflare } = (await load('miniflare')) as {
        Miniflare: new (options: object) => Sandbox & { dispose: () => Promise<void> };
      };
      const sandbox = new Miniflare({
        modules: true,
        script: readFileSync(file, 'utf8'),
        compatibilityDate: '2026-07-01',
      });
      try {
        return await answersOf(sandbox, calls);
      } finally {
        await sandbox.dispose();
      }
    },
    async 'edge-runtime'() {
      const file = await bundleWorker(folder, 'edge.js', {
        ...source(
          "import worker from './worker.ts';\naddEventListener('fetch', (event) => event.respondWith(worker.fetch(event.request)));",
        ),
        format: 'iife',
        conditions: ['edge-light', 'worker', 'browser'],
      });
      const { EdgeRuntime } = (await load('edge-runtime')) as {
        EdgeRuntime: new (options: { initialCode: string }) => Sandbox;
      };
      return answersOf(new EdgeRuntime({ initialCode: readFileSync(file, 'utf8') }), calls);
    },
  };
}

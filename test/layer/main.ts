/**
 * npm run test:layer: packs the layer, checks the package, installs it as users do, and serves a router with it on Node
 * 20, 22, 24 and 26, in Bun, Deno, workerd and the edge runtime. With `-- --short`, it installs it with npm only, and
 * serves with Node 20 and 24.
 */
import {
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { posixPath } from '#server/posix-path';
import { runProgram } from '#test/run-program';
import { nodeImportsOf } from '../../scripts/layer/build.ts';
import { checkTypes, createReleases, describeRelease, lintPackage } from '../../scripts/release/release.ts';
import type { Answer, Call } from './project/calls.ts';
import { createRequests } from './requests/index.ts';
import { bundleWorker, createRuntimes, printProgram } from './runtimes.ts';

const SHORT = process.argv.includes('--short');
const MAX_DEPENDENCIES = 5;
const PROJECT = join(import.meta.dirname, 'project');
/** The schemas of the project's router. */
const CORPUS = join(import.meta.dirname, '../router-corpus.ts');
/** The versions of Node beside that of this process. The first is the oldest that the layer supports. */
const NODES = ['20.19.6', ...(SHORT ? [] : ['22.23.3', '26.10.0'])];
const INSTALLERS = {
  npm: ['npm', 'install', '--no-audit', '--no-fund'],
  pnpm: ['npm', 'exec', '--yes', '--package=pnpm@10.34.9', '--', 'pnpm', 'install', '--config.hoist=false'],
  yarn: [
    'npm',
    'exec',
    '--yes',
    '--package=yarn@1.22.22',
    '--',
    'yarn',
    'install',
    '--no-lockfile',
    '--cache-folder',
    '.yarn-cache',
  ],
};

function expect(isTrue: boolean, message: string): void {
  if (!isTrue) throw new Error(message);
}

const failures: string[] = [];

/** Runs one check. If it fails, the other checks continue. */
async function step(name: string, check: () => Promise<string>): Promise<void> {
  const started = Date.now();
  try {
    const result = await check();
    console.log(`passed  ${name} (${Date.now() - started} ms) ${result}`);
  } catch (error) {
    failures.push(name);
    console.error(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Creates a project that has the packed layer. @returns the path of its folder. */
async function createProject(
  root: string,
  installer: keyof typeof INSTALLERS,
  tarball: string,
): Promise<string> {
  const folder = join(root, installer);
  cpSync(PROJECT, folder, { recursive: true });
  copyFileSync(CORPUS, join(folder, 'router-corpus.ts'));
  const manifest = {
    private: true,
    type: 'module',
    dependencies: {
      '@switchboard/layer': `file:${tarball}`,
      '@trpc/server': '11.19.0',
      superjson: '2.2.6',
      zod: '4.6.7',
    },
    devDependencies: { '@types/node': '24.19.2', typescript: '6.0.3' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await runProgram(folder, INSTALLERS[installer]);
  return folder;
}

/** Type-checks the project with all declarations, as a server and as a worker without the types of Node. */
async function compile(folder: string): Promise<void> {
  const options = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: false,
    outDir: 'out',
  };
  const projects = {
    server: {
      options: { lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] },
      files: ['server.ts', 'worker.ts'],
    },
    worker: {
      options: {
        lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
      },
      files: ['worker.ts'],
    },
  };
  for (const [name, { options: own, files }] of Object.entries(projects)) {
    const config = { compilerOptions: { ...options, ...own, outDir: `out/${name}` }, files };
    writeFileSync(join(folder, `tsconfig.${name}.json`), JSON.stringify(config));
    await runProgram(folder, [
      process.execPath,
      'node_modules/typescript/bin/tsc',
      '-p',
      `tsconfig.${name}.json`,
    ]);
  }
}

/** Installs the versions of Node. @returns the paths of all programs, with that of this process, by their version. */
async function installNodes(root: string): Promise<Map<string, string>> {
  const folder = join(root, 'nodes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const packages = NODES.map(
    (version) => `v${version}@npm:node-${process.platform}-${process.arch}@${version}`,
  );
  await runProgram(folder, ['npm', 'install', '--no-audit', '--no-fund', ...packages]);
  const installed = NODES.map(
    (version) => [`v${version}`, join(folder, `node_modules/v${version}/bin/node`)] as const,
  );
  return new Map([[process.version, process.execPath], ...installed]);
}

const MAX_SHOWN = 10;

/** Returns the answers that differ between outputs, and those with another status than expected. */
function faultsOf([first = [], ...others]: readonly Answer[][], calls: readonly Call[]): string[] {
  const text = (answer: Answer | undefined) => (answer ? JSON.stringify(answer) : 'no answer');
  const short = (answer: Answer | undefined) => text(answer).slice(0, 1000);
  const different = first.flatMap((answer, i) =>
    others.flatMap((other) =>
      text(other[i]) === text(answer) ? [] : [`${short(answer)}\n  not ${short(other[i])}`],
    ),
  );
  const wrong = first.filter(({ status }, i) => {
    const { expected } = calls[i] ?? {};
    return expected === undefined ? status >= 500 : status !== expected;
  });
  return [...different, ...wrong.map(short)];
}

const REQUIRE = `
const { createApi, createNodeListener } = require('@switchboard/layer');
if (typeof createApi !== 'function' || typeof createNodeListener !== 'function') process.exit(1);
`;

const root = mkdtempSync(join(tmpdir(), 'layer-package-'));
try {
  const { layer, cli } = createReleases(root);
  const { folder: source, tarball } = layer;
  console.log(`The packed layer has ${layer.size} bytes.`);

  await step('publint', async () => {
    const faults = [...(await lintPackage(layer)), ...(await lintPackage(cli))];
    expect(faults.length === 0, faults.join('\n'));
    return '';
  });
  await step('arethetypeswrong', async () => {
    const faults = await checkTypes(layer);
    expect(faults.length === 0, faults.join('\n'));
    return '';
  });
  await step('a release lists all files of both packages', () => {
    for (const release of [layer, cli]) {
      const [, ...lines] = describeRelease(release).split('\n');
      const files = globSync('**', { cwd: release.folder }).filter((path) =>
        statSync(join(release.folder, path)).isFile(),
      );
      const listed = lines.map((line) => line.trim()).join('\n');
      expect(
        listed ===
          files
            .map((path) => posixPath(path))
            .toSorted()
            .join('\n'),
        `${release.id} lists:\n${listed}`,
      );
    }
    return Promise.resolve(`${layer.files.length} and ${cli.files.length}`);
  });
  await step('dependencies', async () => {
    const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const names = Object.keys(dependencies);
    expect(names.length <= MAX_DEPENDENCIES, names.join(', '));
    return names.join(', ');
  });
  await step('nothing of Node outside the Node host', async () => {
    const found = ['index.js', 'hosts/next.js', 'client.js', 'testing/stores.js'].flatMap((entry) =>
      nodeImportsOf(source, entry),
    );
    expect(found.length === 0, found.join('\n'));
    expect(nodeImportsOf(source, 'hosts/node-entry.js').length > 0, 'The Node host is not recognized.');
    return '';
  });

  const nodes = await installNodes(root);
  const calls = await createRequests();
  const requests = join(root, 'requests.json');
  writeFileSync(requests, JSON.stringify(calls));
  console.log(`Each runtime answers ${calls.length} requests.`);
  for (const installer of SHORT ? (['npm'] as const) : (['npm', 'pnpm', 'yarn'] as const)) {
    let folder = '';
    await step(`${installer}: install`, async () => {
      folder = await createProject(root, installer, tarball);
      return '';
    });
    await step(`${installer}: types`, async () => {
      await compile(folder);
      return '';
    });
    const outputs: Answer[][] = [];
    for (const [version, node] of nodes) {
      await step(`${installer}: serve on Node ${version}`, async () => {
        expect(
          (await runProgram(folder, [node, '--version'])).trim() === version,
          `${node} is not ${version}.`,
        );
        outputs.push(
          JSON.parse(await runProgram(folder, [node, 'out/server/server.js', requests])) as Answer[],
        );
        await runProgram(folder, [node, '--input-type=commonjs', '--eval', REQUIRE]);
        return '';
      });
    }
    await step(`${installer}: bundle for workerd`, async () => {
      const file = await bundleWorker(folder, 'worker.bundle.mjs', {
        entryPoints: [join(folder, 'worker.ts')],
      });
      const { byteLength: bytes } = gzipSync(readFileSync(file));
      const script = printProgram(file, requests);
      const output = await runProgram(folder, [process.execPath, '--input-type=module', '--eval', script]);
      outputs.push(JSON.parse(output) as Answer[]);
      return `${bytes} bytes compressed`;
    });
    if (installer === 'npm') {
      for (const [name, send] of Object.entries(await createRuntimes(root, folder, calls, requests))) {
        await step(`${installer}: ${name}`, async () => {
          outputs.push(await send());
          return '';
        });
      }
    }
    await step(`${installer}: the same answers`, async () => {
      const faults = faultsOf(outputs, calls);
      expect(faults.length === 0, `${faults.length} faults:\n${faults.slice(0, MAX_SHOWN).join('\n')}`);
      return '';
    });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
if (failures.length > 0) process.exitCode = 1;

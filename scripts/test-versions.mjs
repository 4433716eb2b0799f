// @ts-check
/**
 * npm run test:versions [-- --short]: runs the tests of the layer that compare it with tRPC's own adapter, with the
 * oldest and the newest supported versions of tRPC and zod. With `--short`, it runs only a part of them.
 */
import { main, prepare, run } from './setup.mjs';

const COMPARED = ['src/layer/door', 'src/layer/foreign', 'src/layer/validators', 'src/layer/rest/streaming'];
const RPC = ['test/rpc/differential'];
// Tests of coercion use schemas that zod 3.25 does not have.
const SCHEMAS = ['src/layer/(openapi|rest/(?!coerce))'];

/** @param {string} version */
const trpc = (version) => ({ '^@trpc/server(/.*)?$': `trpc-server-${version}$1` });

/** In zod 3.25, zod 4 is at `zod/v4`. */
const ZOD_3_25 = {
  '^zod$': 'zod-3.25/v4',
  '^zod/mini$': 'zod-3.25/v4/mini',
  '^zod/v(3|4/core|4)$': 'zod-3.25/v$1',
};

/** @typedef {{ name: string, packages: Record<string, string>, short: string[], others: string[] }} Versions */
/** @type {Versions[]} */
const VERSIONS = [
  { name: 'tRPC 11.0.0', packages: trpc('11.0.0'), short: COMPARED, others: RPC },
  { name: 'tRPC 11.12.0', packages: trpc('11.12.0'), short: [], others: [...COMPARED, ...RPC] },
  { name: 'tRPC 11.25.2', packages: trpc('11.25.2'), short: COMPARED, others: ['test/rpc/'] },
  {
    name: 'zod 3.25.76',
    packages: ZOD_3_25,
    short: ['src/layer/door', 'src/layer/validators'],
    others: SCHEMAS,
  },
];

await main(async () => {
  const node = await prepare();
  const isShort = process.argv.includes('--short');
  for (const { name, packages, short, others } of VERSIONS) {
    const patterns = isShort ? short : [...short, ...others];
    if (patterns.length === 0) continue;
    console.log(`\n${name}`);
    const status = await run(
      node,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        ...patterns,
        '--selectProjects',
        'unit',
      ],
      { env: { NODE_ENV: 'test', TEST_PACKAGES: JSON.stringify(packages) } },
    );
    if (status !== 0) return status;
  }
  return 0;
});

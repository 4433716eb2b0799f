import { availableParallelism } from 'node:os';
import type { Config } from 'jest';
import nextJest from 'next/jest.js';

/** Called without `dir`, so that next/jest does not load a developer's .env into the tests. */
const createJestConfig = nextJest();

/** Other versions of packages, for `npm run test:versions`. The format is that of Jest's `moduleNameMapper`. */
const otherVersions = JSON.parse(process.env['TEST_PACKAGES'] ?? '{}') as Record<string, string>;

/** As in next.config.ts: messages are compiled. */
const COMPILED = { '^use-intl/format-message$': 'use-intl/format-message/format-only' };

/**
 * Returns a Jest project. SWC of next/jest compiles the sources, which stay ES modules. Packages are loaded unchanged,
 * even ESM-only ones. This needs `node --experimental-vm-modules` (scripts/test.mjs passes it). The `imports` of
 * package.json need no mapping, because Jest's resolver reads them.
 */
const project = async (config: Config): Promise<NonNullable<Config['projects']>[number]> => ({
  ...(await createJestConfig({
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    // The build and a bundle contain a package.json and copies of sources, which Jest would mistake for ours.
    moduleNameMapper: { ...COMPILED, ...otherVersions },
    modulePathIgnorePatterns: ['<rootDir>/.next/', '<rootDir>/.data/', '<rootDir>/bench/', '<rootDir>/dist/'],
    ...config,
  })()),
});

/**
 * The projects: `unit` tests are beside the sources, `http` tests call the built server, and `dev` tests run
 * `npm run dev` in copies (`npm run test:dev`).
 */
const config = async (): Promise<Config> => ({
  testTimeout: 60_000,
  // Many files wait for servers, timers and the database, so two workers keep two cores only 60 % busy. This is not a
  // percentage, because Jest reads one above 100 as a number of workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testSequencer: '<rootDir>/test/sequencer.ts',
  projects: [
    await project({
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{app,routers,scripts,serve,server,src}/**/*.test.{ts,tsx}',
        '<rootDir>/test/*.test.ts',
        '<rootDir>/test/rpc/*.test.ts',
      ],
      testEnvironment: '<rootDir>/test/jest-environment-node.ts',
      globalSetup: '<rootDir>/test/global-setup.ts',
      globalTeardown: '<rootDir>/test/global-teardown.ts',
    }),
    await project({
      displayName: 'http',
      testMatch: ['<rootDir>/test/http/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/jest-environment-node.ts',
      globalSetup: '<rootDir>/test/global-setup.ts',
      globalTeardown: '<rootDir>/test/global-teardown.ts',
    }),
    await project({
      displayName: 'dev',
      testMatch: ['<rootDir>/test/dev/*.test.ts'],
      testEnvironment: 'node',
    }),
  ],
});

export default config;

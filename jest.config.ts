import { availableParallelism } from 'node:os';
import type { Config } from 'jest';
import nextJest from 'next/jest.js';

/** Without `dir`, next/jest does not load a developer's .env into the tests. */
const createJestConfig = nextJest();

/**
 * Sources are compiled by next/jest's SWC and stay ES modules. Packages load untransformed, ESM-only ones as well, which
 * takes `node --experimental-vm-modules` (scripts/test.mjs passes it). The `imports` of package.json need no mapping:
 * Jest's resolver reads them.
 */
const project = async (config: Config): Promise<NonNullable<Config['projects']>[number]> => ({
  ...(await createJestConfig({
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    // The build holds a package.json and copies of sources; Jest would take them for ours.
    modulePathIgnorePatterns: ['<rootDir>/.next/', '<rootDir>/.data/', '<rootDir>/bench/'],
    ...config,
  })()),
});

/** `unit` stands beside the sources; `http` calls the built server; `dev` runs `npm run dev` in copies (`npm run test:dev`). */
const config = async (): Promise<Config> => ({
  testTimeout: 30_000,
  // Many files wait for servers, timers and the database: two workers keep two cores busy for six tenths of the time. Jest
  // takes a percentage above 100 for a number of workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testSequencer: '<rootDir>/test/sequencer.ts',
  projects: [
    await project({
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{app,routers,scripts,server,src}/**/*.test.{ts,tsx}',
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

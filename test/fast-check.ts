// eslint-disable-next-line no-restricted-imports -- all other files import it from here
import fc from 'fast-check';
import { SEED } from './seed.ts';

/** Sets the seed of the run, so that tests need not name a seed. */
fc.configureGlobal({ seed: SEED });

/**
 * The share of generated inputs of the longest tests: a quarter, because the same inputs have passed before. All with
 * TEST_RUNS=all, which is worth its time with another seed.
 */
const SHARE = process.env['TEST_RUNS'] === 'all' ? 1 : 1 / 4;

/** Returns how many of `all` generated inputs a long test tries. */
export const runs = (all: number): number => Math.ceil(all * SHARE);

export default fc;

// eslint-disable-next-line no-restricted-imports -- everybody else takes it from here
import fc from 'fast-check';
import { SEED } from './seed.ts';

/** fast-check with the seed of the run: tests take it from here, and need not name a seed. */
fc.configureGlobal({ seed: SEED });

export default fc;

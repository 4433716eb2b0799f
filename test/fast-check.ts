// eslint-disable-next-line no-restricted-imports -- all other files import it from here
import fc from 'fast-check';
import { SEED } from './seed.ts';

/** Sets the seed of the run, so that tests need not name a seed. */
fc.configureGlobal({ seed: SEED });

export default fc;

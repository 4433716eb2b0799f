/**
 * The seed of generated inputs. It is the same in every run, so a test that fails does so because of a change.
 * TEST_SEED chooses another one; with TEST_SEED=random, global-setup.ts chooses and prints it.
 */
export const SEED = Number(process.env['TEST_SEED'] ?? 20_261_127);

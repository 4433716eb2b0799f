/**
 * The seed of generated inputs, the same in all workers of a run. global-setup.ts chooses and prints it; TEST_SEED
 * repeats a run.
 */
export const SEED = Number(process.env['TEST_SEED'] ?? 0);

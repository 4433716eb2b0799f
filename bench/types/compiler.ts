import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { ROOT } from '../lib/process.ts';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const LIMIT_MS = 180_000;
const MB_PER_KB = 1 / 1024;

/** The cost of one run of the compiler. */
export interface Cost {
  checkSeconds: number;
  totalSeconds: number;
  instantiations: number;
  memoryMb: number;
}

/**
 * Type-checks a project in a new process.
 * @throws {Error} with the compiler's messages if the project has a type error.
 */
export async function check(config: string): Promise<Cost> {
  const args = [TSC, '-p', config, '--noEmit', '--extendedDiagnostics'];
  const output = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      const stdout = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
      throw new Error(`tsc failed for ${config}:\n${stdout.slice(0, 5_000)}`, { cause: error });
    },
  );
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(output)?.[1]);
  return {
    checkSeconds: figure('Check time'),
    totalSeconds: figure('Total time'),
    instantiations: figure('Instantiations'),
    memoryMb: figure('Memory used') * MB_PER_KB,
  };
}

import { cpus, totalmem } from 'node:os';
import { CAN_PIN } from './process.ts';

const BYTES_PER_GB = 1024 ** 3;

/** Where programs cannot be held to cores, or were not. */
export const UNPINNED = 'nothing held to a core';

/**
 * One sentence on where something was measured, without names and paths.
 * @param pinning what was held to which core, where that is possible.
 */
export function describeMachine(pinning = 'the server held to one core, the load to another'): string {
  const [core] = cpus();
  const memory = Math.round(totalmem() / BYTES_PER_GB);
  return (
    `${cpus().length} cores (${core?.model.trim() ?? 'unknown'}), ${memory} GB of memory, ${process.platform}, ` +
    `Node.js ${process.versions.node}; ${CAN_PIN ? pinning : UNPINNED}.`
  );
}

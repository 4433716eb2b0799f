import { cpus, totalmem } from 'node:os';
import { CAN_PIN } from './process.ts';

const BYTES_PER_GB = 1024 ** 3;

/** The text for programs that were not pinned to a core. */
export const UNPINNED = 'not pinned to cores';

/**
 * Describes this machine in one sentence, without names and paths.
 * @param pinning which program was pinned to which core, if the machine can do that.
 */
export function describeMachine(pinning = 'server and load generator pinned to one core each'): string {
  const [core] = cpus();
  const memory = Math.round(totalmem() / BYTES_PER_GB);
  return (
    `${cpus().length} cores (${core?.model.trim() ?? 'unknown'}), ${memory} GB of memory, ${process.platform}, ` +
    `Node.js ${process.versions.node}; ${CAN_PIN ? pinning : UNPINNED}.`
  );
}

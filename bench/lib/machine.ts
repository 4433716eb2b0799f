import { cpus, totalmem } from 'node:os';
import { CAN_PIN } from './process.ts';

const BYTES_PER_GB = 1024 ** 3;

/**
 * One sentence on where something was measured, without names and paths.
 * @param pinned whether programs were held to cores, where that is possible.
 */
export function describeMachine({ pinned = true } = {}): string {
  const [core] = cpus();
  const memory = Math.round(totalmem() / BYTES_PER_GB);
  const pinning =
    pinned && CAN_PIN ? 'the server held to one core, the load to another' : 'nothing held to a core';
  return (
    `${cpus().length} cores (${core?.model.trim() ?? 'unknown'}), ${memory} GB of memory, ${process.platform}, ` +
    `Node.js ${process.versions.node}; ${pinning}.`
  );
}

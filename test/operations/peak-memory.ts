import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How often memory is read, in milliseconds. */
const EVERY_MS = 50;

/** Reads a file of /proc; empty if its process has ended. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** Returns the resident memory of a process and of its children, in bytes. */
function memoryOf(pid: string): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readProc(`${pid}/status`))?.[1] ?? 0);
  const children = readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return kilobytes * 1024 + children.reduce((sum, child) => sum + memoryOf(child), 0);
}

/** Returns the most memory of a process and its children until `ended`, in bytes. Needs Linux. */
export async function peakMemory(pid: number, ended: Promise<unknown>): Promise<number> {
  let peak = 0;
  const over = ended.then(
    () => false,
    () => false,
  );
  do peak = Math.max(peak, memoryOf(String(pid)));
  while (await Promise.race([over, pause(EVERY_MS, true)]));
  return peak;
}

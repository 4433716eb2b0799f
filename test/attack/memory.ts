/** The resident memory of a process on Linux; https://docs.kernel.org/filesystems/proc.html. */
import { readFileSync, writeFileSync } from 'node:fs';

const RESET_PEAK = '5';
const BYTES_PER_KB = 1024;

/** Resets the peak to the memory that is resident now. Does nothing if the process has ended. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
  } catch {
    // peakBytes returns null then.
  }
}

/** Returns the peak since `resetPeak`, in bytes; `null` if the process has ended. */
export function peakBytes(pid: number): number | null {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) * BYTES_PER_KB;
  } catch {
    return null;
  }
}

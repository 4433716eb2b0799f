/** The resident memory of a process on Linux; https://docs.kernel.org/filesystems/proc.html. */
import { readFileSync, writeFileSync } from 'node:fs';

const RESET_PEAK = '5';
const BYTES_PER_KB = 1024;

/** Has the peak begin again at what is resident now. Does nothing when the process is gone. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
  } catch {
    // Whoever reads the peak is told.
  }
}

/** The peak since `resetPeak`, in bytes; `null` when the process is gone. */
export function peakBytes(pid: number): number | null {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) * BYTES_PER_KB;
  } catch {
    return null;
  }
}

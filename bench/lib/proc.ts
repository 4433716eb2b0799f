/** Reads the figures of running processes from Linux; https://docs.kernel.org/filesystems/proc.html. */
import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_SECOND = 1e9;
const BYTES_PER_KB = 1024;

/** Returns a file's text, or `''` if its process or thread has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns a process and all its descendants. */
function processTree(pid: number): number[] {
  const threads = list(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '));
  return [pid, ...children.filter((child) => child !== '').flatMap((child) => processTree(Number(child)))];
}

/** Returns the CPU time that a process and its descendants have used, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  let ns = 0;
  for (const member of processTree(pid)) {
    for (const thread of list(`/proc/${member}/task`)) {
      ns += Number(read(`/proc/${member}/task/${thread}/schedstat`).split(' ', 1)[0]);
    }
  }
  return ns / NS_PER_SECOND;
}

/** Returns the resident memory of a process and its descendants, in bytes. */
export function residentBytes(pid: number): number {
  const sizes = processTree(pid).map(
    (member) => /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${member}/status`))?.[1],
  );
  return sizes.reduce((sum, size) => sum + Number(size ?? 0) * BYTES_PER_KB, 0);
}

/** Returns the CPU time of this thread in milliseconds: unlike the time on a clock, a busy machine does not change it. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

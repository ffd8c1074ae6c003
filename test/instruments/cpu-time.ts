import process from 'node:process';

/**
 * The processor time that work takes, in milliseconds. Unlike the time on the clock it stays the same on a busy machine, so
 * that a test can have an opinion of it.
 */
export async function cpuTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

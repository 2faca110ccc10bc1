/** CPU time (ms) that this process spends until a promise settles, with that of its other work. */
export async function cpuMsUntil(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** CPU time (ms) that this process spends on a synchronous call: unlike the time of a clock, it is the same on a busy machine. */
export function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

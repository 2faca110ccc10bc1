/** Options of a test that judges time: what another process has taken the time from is measured again. */
export const AGAIN = { retry: 4 } as const;

/**
 * The smallest of several measurements. Another one is made only while none is below `fine`: a machine that is busy for a
 * moment makes some of them large, a mistake makes all of them large.
 *
 * @param fine a measurement that needs no other, in the unit of `measure`
 * @param most how many are made at most
 */
export async function smallest(measure: () => Promise<number>, fine: number, most = 5): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < most && least >= fine; i++) least = Math.min(least, await measure());
  return least;
}

/** A limit (ms) that only guards against a hang: no test comes near it, however busy the machine is. */
export const HANG_MS = 120_000;

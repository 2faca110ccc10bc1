/** Ctrl-C is answered: a gate around a command that ignores it ends within 5 s. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../support/tmp.ts";
import { endedBy, startStubborn } from "./start-stubborn.ts";

const LIMIT_MS = 5000;
const folder = temporaryFolder("endings-timed");

// Both wait for seconds, and need no processor for it.
it.concurrent.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends a stubborn command within 5 s",
  { retry: 2 },
  async (signal) => {
    const { gate } = await startStubborn(join(folder, signal));
    const start = performance.now();
    gate.kill(signal);
    await endedBy(gate);
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  },
);

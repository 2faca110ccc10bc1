import { ownCpuUse } from "../../util/index.ts";
import type { Driver, Lease } from "../model/index.ts";

/** Reserves a place of the driver; a driver in this process always has one. */
export function reserve(driver: Driver): Promise<Lease> {
  return driver.reserve?.() ?? Promise.resolve(inProcess(driver));
}

function inProcess(driver: Driver): Lease {
  return {
    gone: false,
    run: (run, signal) => driver.run(run, signal),
    closeSession: (session) => driver.closeSession?.(session),
    release: () => {},
    cpuUse: ownCpuUse,
  };
}

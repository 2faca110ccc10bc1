import { Script, createContext } from "node:vm";

const CALL = new Script("run()");

/**
 * Runs a synchronous function and stops it when its time is over, wherever it is: also within a regular expression.
 *
 * @param ms time on the clock
 * @returns `undefined` if it was stopped
 */
export function timeLimited<T>(ms: number, run: () => T): { readonly value: T } | undefined {
  let done: { readonly value: T } | undefined;
  const context = createContext({
    run: () => {
      done = { value: run() };
    },
  });
  try {
    CALL.runInContext(context, { timeout: ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
  }
  return done;
}

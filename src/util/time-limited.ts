import { type Context, Script, createContext } from "node:vm";

const CALL = new Script("run()");

/** The function that is called next. */
let next: () => void = () => {};
/** Context of all calls; to make one takes most of a millisecond. */
let context: Context | undefined;

/**
 * Runs a synchronous function and stops it when its time is over, wherever it is: also within a regular expression.
 *
 * @param ms time on the clock
 * @returns `undefined` if it was stopped
 */
export function timeLimited<T>(ms: number, run: () => T): { readonly value: T } | undefined {
  let done: { readonly value: T } | undefined;
  context ??= createContext({ run: () => next() });
  next = () => {
    next = () => {};
    done = { value: run() };
  };
  try {
    CALL.runInContext(context, { timeout: ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
  }
  return done;
}

import { GatetapeError, visible, visibleLines, whyNotStarted } from "../../../util/index.ts";

export type AdapterErrorCode =
  /** The command cannot be run. */
  | "command"
  /** The command sent no hello, or not one of this protocol. */
  | "hello"
  /** Every process of the command ended without a single result. */
  | "dies";

/** Error for an adapter command that could not be started or ended before its handshake. */
export class AdapterError extends GatetapeError<AdapterErrorCode> {
  override readonly name = "AdapterError";
}

/** Makes the error for a command that could not be started. */
export function notRunnable(program: string, error: NodeJS.ErrnoException): AdapterError {
  return new AdapterError(
    "command",
    {},
    whyNotStarted(program, error),
    "give the command of an adapter after --, as in: gatetape client -- node my-adapter.mjs",
  );
}

/** Makes the error for a missing or wrong hello. @param what the reason */
export function noHello(what: string, stderr: string): AdapterError {
  const suffix = stderr.trim() === "" ? "" : `; its stderr: ${visibleLines(stderr.trim())}`;
  return new AdapterError(
    "hello",
    {},
    `the command is not an adapter: ${visible(what)}${suffix}`,
    'an adapter answers {"hello":{"protocol":1,…}} by a hello of its own: docs/client.md has the messages',
  );
}

/** Makes the error for an adapter whose every process ended before its first result. @param how the last process's end */
export function noResult(processes: number, how: string): AdapterError {
  const all = processes === 1 ? "the adapter's process" : `each of ${processes} processes of the adapter`;
  return new AdapterError(
    "dies",
    {},
    `${all} ended without any result, so there are no verdicts: ${visibleLines(how)}`,
    "make the command answer one run: docs/write-an-adapter.md shows how to try it by hand",
  );
}

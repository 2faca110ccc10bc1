import { GatetapeError, whyNotStarted } from "../../../util/index.ts";

export type AdapterErrorCode =
  /** The command can't be run. */
  | "command"
  /** It did not introduce itself, or not as an adapter of this protocol. */
  | "hello";

/** The adapter command could not be started or exited before its handshake: nothing can be judged. */
export class AdapterError extends GatetapeError<AdapterErrorCode> {
  override readonly name = "AdapterError";
}

export function notRunnable(program: string, error: NodeJS.ErrnoException): AdapterError {
  return new AdapterError(
    "command",
    {},
    whyNotStarted(program, error),
    "give the command of an adapter after --, as in: gatetape client -- node my-adapter.mjs",
  );
}

export function noHello(what: string, stderr: string): AdapterError {
  const suffix = stderr.trim() === "" ? "" : `; its stderr: ${stderr.trim()}`;
  return new AdapterError(
    "hello",
    {},
    `the command is no adapter: ${what}${suffix}`,
    'an adapter answers {"hello":{"protocol":1,…}} by a hello of its own: docs/client.md has the messages',
  );
}

import { GatetapeError } from "../util/index.ts";

/** `in-use`: something listens there already; `unavailable`: this machine or this user can't listen there. */
export type ListenErrorCode = "in-use" | "unavailable";

/** A server can't listen on the given address. `cause` is the system's error. */
export class ListenError extends GatetapeError<ListenErrorCode> {
  override readonly name = "ListenError";
}

/**
 * Turns the system's error into one that says what to do; any other error is given back as it is.
 * @param error as `server.listen` emits it
 */
export function explainListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const options = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError(
        "in-use",
        {},
        `port ${port} of ${host} is in use`,
        "stop what listens there, or choose another with --port (0 takes any free one)",
        options,
      );
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ListenError(
        "unavailable",
        {},
        `can't listen on ${host} port ${port}: ${error.code}`,
        "choose another with --host or --port",
        options,
      );
    default:
      return error;
  }
}

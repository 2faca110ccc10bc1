import { resolve } from "node:path";

/** A stream that a command prints to: `process.stdout`, or any other writable one. */
export interface Output extends NodeJS.WritableStream {
  /** True for a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal, in characters. */
  readonly columns?: number;
}

/** A stream that a command asks its questions on. */
export interface Input extends NodeJS.ReadableStream {
  /** True for a terminal. */
  readonly isTTY?: boolean;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** The world outside of one command line: what a process has as `process`. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative file names that the user gives are relative to this folder. */
  readonly cwd: string;
  /** Ends a command, as a signal ends a process. The reason may be the signal's name. @default SIGTERM */
  readonly signal: AbortSignal;
  /** Subscribes to signals of the process; until then, a signal does what it does by default. */
  readonly onSignal?: (
    names: readonly NodeJS.Signals[],
    listener: (name: NodeJS.Signals) => void,
  ) => Unsubscribe;
  /** True if a child process may inherit the descriptors 0 to 2; else its output is piped to `stdout` and `stderr`. */
  readonly inheritable?: boolean;
}

/** The `Io` of one run, and the exit code that its command has come to. */
export interface CommandIo extends Io {
  exitCode: number | undefined;
}

/** The `Io` of a run, which inherits the members of `io`: `stdin` may be made on first use. */
export function commandIo(io: Io): CommandIo {
  return Object.create(io, { exitCode: { value: undefined, writable: true } }) as CommandIo;
}

/**
 * The path of a file that the user named, relative to `io.cwd`. A name stays as it was given where that is the folder
 * of the process too, so that messages show it so.
 */
export function located({ cwd }: Pick<Io, "cwd">, file: string): string {
  const path = resolve(cwd, file);
  return path === resolve(file) ? file : path;
}

/** Calls `listener` for the first of each of these signals, a second one does what it does by default; and on abortion. */
export function onFirstSignals(io: Io, names: readonly NodeJS.Signals[], listener: () => void): Unsubscribe {
  const subscriptions = names.map((name) => {
    const off = onSignals(io, [name], () => {
      off();
      listener();
    });
    return off;
  });
  return () => {
    for (const off of subscriptions) off();
  };
}

/** Calls `listener` for each of these signals, and once when `io.signal` is aborted. */
export function onSignals(
  io: Io,
  names: readonly NodeJS.Signals[],
  listener: (name: NodeJS.Signals) => void,
): Unsubscribe {
  let subscribed = true;
  const aborted = (): void => {
    if (subscribed) listener(names.find((name) => name === io.signal.reason) ?? "SIGTERM");
  };
  const off = io.onSignal?.(names, listener);
  io.signal.addEventListener("abort", aborted, { once: true });
  if (io.signal.aborted) queueMicrotask(aborted);
  return () => {
    subscribed = false;
    io.signal.removeEventListener("abort", aborted);
    off?.();
  };
}

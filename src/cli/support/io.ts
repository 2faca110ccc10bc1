import { resolve } from "node:path";
import { UsageError } from "./errors.ts";

/** Stream that a command prints to: `process.stdout`, or any other writable one. */
export interface Output extends NodeJS.WritableStream {
  /** True for a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal, in characters. */
  readonly columns?: number;
}

/** Stream that a command reads its answers from. */
export interface Input extends NodeJS.ReadableStream {
  /** True for a terminal. */
  readonly isTTY?: boolean;
}

/** Function that ends a subscription. */
export type Unsubscribe = () => void;

/** Environment of one command line: the members of `process` that it uses. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative file names of the user refer to. */
  readonly cwd: string;
  /** Ends a command, like a signal. The reason may be the signal's name. @default SIGTERM */
  readonly signal: AbortSignal;
  /** Subscribes to signals of the process; without a subscription, a signal has its default effect. */
  readonly onSignal?: (
    names: readonly NodeJS.Signals[],
    listener: (name: NodeJS.Signals) => void,
  ) => Unsubscribe;
  /** Words by which the user called gatetape, for commands to repeat. @default "gatetape" */
  readonly invocation?: string;
  /** Whether a child process may inherit the descriptors 0 to 2; otherwise its output is piped to `stdout` and `stderr`. */
  readonly inheritable?: boolean;
}

/** Environment of one run, with the exit code of its command. */
export interface CommandIo extends Io {
  exitCode: number | undefined;
}

/** Makes the `Io` of a run, inheriting the members of `io`: `stdin` may be a getter. */
export function commandIo(io: Io): CommandIo {
  return Object.create(io, { exitCode: { value: undefined, writable: true } }) as CommandIo;
}

/**
 * Path of a file that the user named, relative to `io.cwd`. The name is returned unchanged if it means the same file for
 * the process, so that messages show it in the user's spelling.
 */
export function located({ cwd }: Pick<Io, "cwd">, file: string): string {
  if (file === "")
    throw new UsageError("option", {}, "a path is empty", "name one; is a variable of the shell not set?");
  const path = resolve(cwd, file);
  return path === resolve(file) ? file : path;
}

/** Calls `listener` for the first of each of these signals, and on abortion; a second signal has its default effect. */
export function onFirstSignals(
  io: Io,
  names: readonly NodeJS.Signals[],
  listener: (name: NodeJS.Signals) => void,
): Unsubscribe {
  const subscriptions = names.map((name) => {
    const off = onSignals(io, [name], () => {
      off();
      listener(name);
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

/** The `name` of the process warnings that `note` emits. */
export const NOTE = "GatetapeNote";

/**
 * Tells the user of a process about something that is no error, as a process warning: Node prints it to stderr, a host
 * program may listen to `process.on("warning")` instead.
 */
export function note(message: string): void {
  process.emitWarning(message, NOTE);
}

/** Prints notes to stderr as `gatetape: message`; all other warnings stay Node's. */
export function printNotes(): void {
  const others = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name === NOTE) process.stderr.write(`gatetape: ${warning.message}\n`);
    else for (const listener of others) listener(warning);
  });
}

/** The `name` of the process warnings that `note` emits where nobody listens. */
const NOTE = "GatetapeNote";

type Listener = (message: string) => void;

const listeners = new Set<Listener>();
const warned = new Set<string>();

/**
 * Notifies the user of something that is no error. Without a listener it becomes a process warning, each message once:
 * Node prints it to stderr, and a host program may listen to `process.on("warning")`.
 */
export function note(message: string): void {
  for (const listener of listeners) listener(message);
  if (listeners.size > 0 || warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, NOTE);
}

/**
 * Listens to notes; each message is given once.
 * @returns a function that ends the listening
 */
export function onNote(use: Listener): () => void {
  const given = new Set<string>();
  const listener = (message: string): void => {
    if (given.has(message)) return;
    given.add(message);
    use(message);
  };
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

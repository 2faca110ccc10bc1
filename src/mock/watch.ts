import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";

/** Quiet period (ms): editors write a file in several steps, which count as one change. */
const QUIET_MS = 100;

/**
 * Calls back after a change in files or folders. A file is watched by its folder: many editors replace the file.
 * @returns a function that stops watching
 */
export function watchPaths(paths: readonly string[], onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };
  const watchers = folders(paths).map((folder): FSWatcher => {
    const watcher = watch(folder, { recursive: true }, changed);
    watcher.on("error", changed); // after a removed folder, loading reports the error
    return watcher;
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function folders(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path))))];
}

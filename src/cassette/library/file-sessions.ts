import { relative, sep } from "node:path";
import { CASSETTE_SUFFIX } from "../format/index.ts";

/** The files that a session's name stands for: one, or several that share the name. */
export type FileSessions = ReadonlyMap<string, readonly string[]>;

/**
 * Names of cassettes as sessions: the file's name, its path below the folder that was given, and its path from the working
 * directory; each with and without `.cassette.json`.
 * @param paths the files and folders that were given
 */
export function fileSessions(files: readonly string[], paths: readonly string[]): FileSessions {
  const named = files.flatMap((file) =>
    namesOfFile(file, paths).map((name): [string, string] => [name, file]),
  );
  const byName = Map.groupBy(named, ([name]) => name);
  return new Map([...byName].map(([name, pairs]) => [name, [...new Set(pairs.map(([, file]) => file))]]));
}

function namesOfFile(file: string, paths: readonly string[]): string[] {
  const below = paths
    .map((path) => relative(path, file))
    .filter((path) => path !== "" && !path.startsWith(`..${sep}`));
  const all = [file, relative(".", file), ...below].map((path) => path.split(sep).join("/"));
  const names = [...all, ...all.map((path) => path.slice(path.lastIndexOf("/") + 1))];
  return [...names, ...names.map((name) => name.slice(0, -CASSETTE_SUFFIX.length))];
}

/** The files that a session's name stands for. A name in a URL may be percent-encoded. */
export function filesOfSession(sessions: FileSessions, session: string): readonly string[] {
  return sessions.get(session) ?? sessions.get(decodedName(session)) ?? [];
}

function decodedName(session: string): string {
  try {
    return decodeURIComponent(session);
  } catch {
    return session;
  }
}

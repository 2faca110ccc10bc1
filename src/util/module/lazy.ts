import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * A package that is loaded when it is first needed, synchronously: what a command does not use takes no part of its start.
 * @returns a function that gives the package's exports
 */
export function lazyPackage<T>(name: string): () => T {
  let loaded: { readonly exports: T } | undefined;
  return () => (loaded ??= { exports: require(name) as T }).exports;
}

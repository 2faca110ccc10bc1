import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/**
 * A package that is loaded when it is first needed, synchronously: what a command does not use takes no part of its start. It is
 * the very module that an `import` gives.
 *
 * @param name written out, so that the build can put the URL of a chunk in its place
 * @returns a function that gives the package's exports
 */
export function lazyPackage<T>(name: string): () => T {
  let loaded: { readonly exports: T } | undefined;
  return () => (loaded ??= { exports: require(moduleFile(name)) as T }).exports;
}

function moduleFile(name: string): string {
  if (name.startsWith("file:")) return fileURLToPath(name);
  // Loaded by Node itself, whatever has loaded this file.
  const { packageFile } = require("./package-file.ts") as typeof import("./package-file.ts");
  return packageFile(name);
}

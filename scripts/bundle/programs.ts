import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

/** A file of `src` that is started as a program or a thread: `new URL("./thread.ts", import.meta.url)`. */
export const PROGRAM: RegExp = /new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;
/** A package that is loaded when it is first needed. */
const LAZY = /(lazyPackage(?:<[^;]*?>)?)\(\s*"([^".][^"]*)",?\s*\)/g;
const PREFIX = "\0lazy:";

/**
 * Plugin for files that the program names by their URL, and for packages that it loads when they are needed: each becomes a chunk
 * of its own, and its name is replaced by the chunk's.
 */
export function programs(): Plugin {
  return {
    name: "programs",
    transform: {
      filter: { id: /\/src\/.*\.ts$/, code: /import\.meta\.url|lazyPackage/ },
      handler(code, id) {
        const chunk = (file: string, name: string): string => {
          const reference = this.emitFile({ type: "chunk", id: file, name, preserveSignature: "strict" });
          return `import.meta.ROLLUP_FILE_URL_${reference}`;
        };
        const replaced = code
          .replaceAll(PROGRAM, (_, file: string) => {
            const path = join(dirname(id), file);
            return `new URL(${chunk(path, nameOf(path))})`;
          })
          .replaceAll(
            LAZY,
            (_, call: string, name: string) => `${call}(${chunk(PREFIX + name, nameOf(name))})`,
          );
        return { code: replaced, map: null };
      },
    },
    resolveId: { filter: { id: /^\0lazy:/ }, handler: (id) => id },
    load: {
      filter: { id: /^\0lazy:/ },
      // Under this name a chunk's export is what `require` gives.
      handler: (id) =>
        `import * as all from ${JSON.stringify(id.slice(PREFIX.length))}; export { all as "module.exports" };`,
    },
  };
}

/** `worker-thread` of `src/recorder/worker/thread.ts`; `r50k_base` of `gpt-tokenizer/encoding/r50k_base`. */
function nameOf(path: string): string {
  return path
    .replace(/\.[jt]s$/, "")
    .split("/")
    .slice(-2)
    .join("-")
    .replaceAll(/[^\w-]/g, "");
}

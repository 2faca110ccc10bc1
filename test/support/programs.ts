import { dirname, join, relative } from "node:path";
import type { Plugin } from "vitest/config";
import { PROGRAM } from "../../scripts/bundle/programs.ts";

/** Variable that names the bundled programs and threads for the modules under test: a JSON object of sources and URLs. */
export const PROGRAMS_VARIABLE = "GATETAPE_TEST_PROGRAMS";

const root = join(import.meta.dirname, "../..");

/**
 * Plugin that has modules of `src` start the bundled form of their programs and threads. From the sources, each start would strip
 * the types of hundreds of files. The URL is looked up when the module is loaded, as a watched run makes new bundles.
 */
export function bundledPrograms(): Plugin {
  return {
    name: "bundled-programs",
    transform: {
      filter: { id: /\/src\/.*\.ts$/, code: PROGRAM },
      handler: (code, id) => ({
        code: code.replaceAll(PROGRAM, (_, file: string) => {
          const source = JSON.stringify(relative(root, join(dirname(id), file)));
          const bundled = `JSON.parse(process.env.${PROGRAMS_VARIABLE} ?? "{}")[${source}]`;
          return `new URL(${bundled} ?? ${JSON.stringify(file)}, import.meta.url)`;
        }),
        map: null,
      }),
    },
  };
}

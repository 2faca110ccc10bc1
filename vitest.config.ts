import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { INSTALLING, LONG } from "./test/support/left-out.ts";
import { HANG_MS } from "./test/support/limits.ts";
import { bundledPrograms } from "./test/support/programs.ts";
import { FULL } from "./test/support/scaled.ts";
import { WaitingFirst } from "./test/support/sequencer.ts";
import { Slowest } from "./test/support/slowest.ts";

const ALL = ["test/**/*.test.ts"];
/** Files that judge time, or memory in their full size: each runs while no other does. */
const ALONE = [
  "test/**/*.timed.test.ts",
  "test/**/*.timed.ci.test.ts",
  "test/**/*sinks.test.ts",
  ...(FULL ? ["test/server/hostile.test.ts"] : []),
];
/** Files that load nock, which replaces Node's sockets for the whole process and does not put all of it back. */
const PATCHING = globSync("test/**/*.test.ts").filter((file) =>
  /\/nock\.ts"/.test(readFileSync(file, "utf8")),
);
const LEFT_OUT = FULL ? [] : [...INSTALLING, ...LONG];

const config: ViteUserConfig = defineConfig({
  plugins: [bundledPrograms()],
  test: {
    // Every test that talks to a socket starts its own server on a free port, so files run side by side. They wait for
    // sockets and processes most of their time, so that there are more workers than cores.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: "test/support/bundled.ts",
    sequence: { sequencer: WaitingFirst },
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    reporters: [
      "default",
      new Slowest(
        FULL
          ? []
          : [
              `left out: ${INSTALLING.join(", ")}, which need a registry of packages, or many processes`,
              `left out: ${LONG.join(", ")}, which take long`,
              "what is left out is in .ci/run, and GATETAPE_FULL=1 runs it",
            ],
      ),
    ],
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ALL,
          exclude: [...ALONE, ...PATCHING, ...LEFT_OUT],
          sequence: { groupOrder: 0 },
          // The modules of src are loaded once a worker, not once a file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "in a process of its own", include: PATCHING, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          exclude: LEFT_OUT,
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;

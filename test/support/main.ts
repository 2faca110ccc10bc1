import { fileURLToPath } from "node:url";

/** Variable that names the command line's bundle for the processes of a test run. */
export const MAIN_VARIABLE = "GATETAPE_TEST_MAIN";

/** The command line as sources, for what holds of them alone. */
export const SOURCE_MAIN: string = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** The command line to start as a process: the bundle that the test run has made of the sources; without a test run, the sources. */
export const MAIN: string = process.env[MAIN_VARIABLE] ?? SOURCE_MAIN;

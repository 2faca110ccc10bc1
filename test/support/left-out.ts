/**
 * Test files that `npm test` leaves out, as patterns: `.ci/run` has them, and `GATETAPE_FULL=1`. Run by itself, this prints the
 * files of the second kind.
 */

/** Files that install packages, or start many processes for half a minute. */
export const INSTALLING: readonly string[] = ["test/**/*.ci.test.ts"];

/** Files that take seconds of a processor for what other files hold in a smaller form, too. */
export const LONG: readonly string[] = [
  // processes that ignore signals, and apps in several languages, behind the gate
  "test/cli/gate/apps.test.ts",
  "test/cli/gate/endings.test.ts",
  // commands that are typed again, a log that nobody reads, reports of runs that were cut short
  "test/cli/rerun.test.ts",
  "test/cli/mock-log.test.ts",
  "test/report/ends.test.ts",
  // one secret in every place, of every command; the memory of thousands of secrets
  "test/cli/canary.test.ts",
  "test/secrets/known.test.ts",
  // adapters that start slowly, and the adapters' own library
  "test/suites/clock.test.ts",
  "test/adapters/lib.test.ts",
  // threads and workers that end, are killed and replaced; requests that take a second
  "test/mock/thread.test.ts",
  "test/recorder/worker.test.ts",
  "test/server/stall/stall.timed.test.ts",
  // real clients through the recorder, and the bundled library made anew
  "test/recorder/clients.test.ts",
  "test/library/bundled.test.ts",
];

if (import.meta.main) console.log(LONG.join("\n"));

import type { Promised } from "./promise.ts";

/** Promises of docs/live.md. */
export const LIVE: readonly Promised[] = [
  ["in streams those of all events together.", "cli/drift.test.ts: a member of events missing"],
  [
    "Requests that read and calls of models are sent, one after the other and each different one once; a request that can write is never sent.",
    "cli/drift.test.ts: finds none in the mock, sends only what reads or calls models, and the key only where one was",
    "cli/drift.test.ts: says of each request that it does not send why",
  ],
  [
    "Exit codes: 0 the same, 1 changed, 2 wrong usage or no answer.",
    "cli/drift.test.ts: reports a changed OpenAPI with the cassettes that it touches, as an issue and by its exit code",
    "cli/drift.test.ts: refuses %j with exit code 2",
  ],
  ["`null` and an empty list differ from nothing.", "cli/drift.test.ts: finds none in the mock"],
  [
    "It only creates, and nothing at all if a router, role or user of one of the names is there.",
    "cli/provision.test.ts: creates nothing if anything of a name is there, or the keys have a file already",
  ],
  [
    "they are printed nowhere, nor are passwords.",
    "cli/provision.test.ts: hands out keys that work, in a file that nobody else can read, and nowhere else",
  ],
  ["Nothing is kept when it ends.", "live.test.ts: keeps nothing of the OGL of compose.test.yml"],
];

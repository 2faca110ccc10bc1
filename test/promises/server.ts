import type { Promised } from "./promise.ts";

/** Promises of docs/server.md. */
export const SERVER: readonly Promised[] = [
  [
    "Each check ends in a verdict.",
    "suites/server/green.test.ts: of OGL %s, which is recognised",
    "mutants/server/kill.test.ts: %s changes exactly the checks that it lists",
  ],
  [
    "The key is read from the environment or from `.env`, is never printed, and stands in no report.",
    "cli/server.test.ts: with findings ends with 1, cites the rule, and shows no key",
  ],
  [
    "Their names, never a key, stand in a journal (`.gatetape-server.ndjson`, or `--journal FILE`) before they are made:",
    "suites/server/killed.ci.test.ts: kills it twenty times, and the next run leaves nothing",
  ],
  [
    "It deletes what it has made, and alters or deletes nothing else.",
    "suites/server/green.test.ts: of OGL %s, which is recognised",
  ],
  [
    "Only `--allow-load` opens 32 streams at once.",
    "cli/server.test.ts: writes and loads nothing unless it is allowed to",
  ],
  [
    "A request that has no answer within `--timeout` seconds (60) is given up.",
    "cli/server.test.ts: gives a request up that has no answer in time",
  ],
  [
    "It stops at `--max-requests` (200) and before its prompts and answers could cost more than `--max-tokens` (20000) tokens;",
    "cli/server.test.ts: stops at the limits, and says which checks found no room",
  ],
  [
    "`--list` shows what would be sent and which checks judge it; no request leaves the machine, and no `--url` is needed.",
    "cli/server.test.ts: shows the requests, and sends none",
  ],
  [
    "Each finding cites its rule: a pointer into OGL's OpenAPI, OpenAI's convention, the standard of server-sent events, or HTTP.",
    "suites/server/green.test.ts: cites a rule in each check",
  ],
  [
    "`--profile core-2026` is a frozen list of what every client of a chat needs.",
    "cli/server.test.ts: of the profile is green, and says so",
  ],
  [
    "Exit codes: 0 conformant (warnings too, unless `--fail-on warn`), 1 findings, 2 wrong usage or no server, 3 gatetape itself failed, 128+n after signal n.",
    "cli/server.test.ts: in the address ends with 2: there is no server",
    "cli/server.test.ts: with findings ends with 1, cites the rule, and shows no key",
  ],
];

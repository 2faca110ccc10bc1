import { ADVICE, type Promised } from "./promise.ts";

/** Promises of docs/mock.md. */
export const MOCK: readonly Promised[] = [
  [
    "`gatetape mock` serves an OGL on loopback; the base URL for clients is `http://127.0.0.1:4010/v1`, and any non-empty key is accepted.",
    "cli/mock.test.ts: says where it listens, what it serves, and what to try",
    "config/options.test.ts: ",
  ],
  [
    "`--port 0 --json` takes any free port and prints one line of JSON when it is ready:",
    "cli/mock.test.ts: prints one line of JSON when it is ready, and one for each request",
  ],
  [
    "After that comes one line for each request.",
    "cli/mock.test.ts: prints one line of JSON when it is ready, and one for each request",
  ],
  [
    "`SIGTERM`, `SIGINT` and `SIGHUP` stop it at once; the exit code is 0.",
    "cli/mock-end.timed.test.ts: SIGTERM ends a mock whose log nobody reads",
    "cli/mock-end.timed.test.ts: %s ends a mock at once, with exit code 0",
  ],
  [
    "`kill $!` after `npx … &`, `kill %1`, Ctrl-C and a closed terminal leave nothing behind. `record`, `gate` and `client` end in the same way, the latter two with 128 and the signal's number.",
    "cli/started-by.ci.test.ts: a command that npm waits for",
    "public/npx/package.ci.test.ts: ",
    "report/ends.test.ts: fail where %s cut the run short",
  ],
  [
    "`npm start` of a checkout has no shell between: every signal to npm arrives.",
    "public/npx/package.ci.test.ts: ",
  ],
  [
    "Each request is one line when it is over. The line of a refusal ends in its reason, which is more exact than the answer:",
    "cli/mock-log.test.ts: gives the reason of a refusal: %s",
  ],
  [
    "and of one that met a limit: `429 rpm 2 of 2, again in 41 s`.",
    "cli/mock-log.test.ts: gives the state of a limit",
  ],
  [
    "Secrets are replaced, and control characters of requests are shown as escapes.",
    "cli/mock-log.test.ts: escapes what a terminal would obey, and shows no secret",
  ],
  [
    "lines that nobody reads are dropped beyond 1 MiB, and the next line that is read gives their number.",
    "cli/lossy-output.test.ts: drops lines beyond 1 MiB, and says how many when there is a reader again",
    "cli/mock-log.test.ts: that does not read does not stop the server, nor outlive it",
  ],
  [
    "A body above `--max-body` (16 MiB) gets 413, from the control API too; uploads of files have [OGL's own limit](documents.md#uploads).",
    "mock/documents/upload.test.ts: is OGL's own, whatever the limit of other requests",
    "mock/large-requests.ci.test.ts: of %s gets a 413 that says so",
    "mock/large-requests.ci.test.ts: gets it also in chunks, by the control API, and in process",
  ],
  [
    "are worked on in a thread, so that other requests are answered meanwhile.",
    "server/stall/stall.timed.test.ts: ",
  ],
  [
    "The thread starts with the first of them and ends when it has had no work for 10 seconds:",
    "mock/thread.test.ts: is there from the first large request on, and ends when it has nothing to do",
  ],
  ["- bodies from 64 KiB", "mock/thread.test.ts: is there from the first large request on"],
  ["- schemas with patterns, and schemas in bodies above 16 KiB", "server/stall/stall.timed.test.ts: "],
  ["Large requests wait for each other.", "mock/large-requests.ci.test.ts: an answer that takes long"],
  [
    "A value for a schema is searched for 5 seconds at most, then an answer without a match is sent, and the log says so.",
    "mock/large-requests.ci.test.ts: ends where a pattern of its schema would not",
    "mock/synthesizer/structured.test.ts: gives up in time on a schema that has no end",
    "mock/synthesizer/structured.test.ts: says so in the journal where no value keeps to a schema",
  ],
  [
    "One call of the control API adds 2,000 interactions at most.",
    "promises.test.ts: is right about the number of interactions that one call adds",
  ],
  [
    'Recorded sequences (`"play": "sequence"`, `"last"` and `"once"`, see [cassettes.md](cassettes.md)) are counted for each session.',
    "mock/playing.test.ts: have each its own place, by prefix, by header, and one for all else",
  ],
  [
    "or by its base URL, `http://127.0.0.1:4010/s/NAME/v1`, so that parallel tests and agent loops do not disturb each other.",
    "mock/playing.test.ts: of the same name are the same by prefix and by header",
  ],
  [
    "A request without a session plays the first cassette that has an answer, a session that names no cassette plays none, and a miss says so.",
    "mock/file-sessions.test.ts: a request without a session plays the first cassette with an answer",
    "mock/file-sessions.test.ts: a name of no cassette, or of two, is a miss that says so",
  ],
  [
    "What a header says of the sender (`X-Forwarded-For`) never counts.",
    "mock/control-access.test.ts: from another machine",
  ],
  [
    "`--control-token TOKEN` chooses the token (8 characters or more, or `env:NAME`); without it a new one is made up, and printed at the start if the mock listens beyond loopback:",
    "mock/control-access.test.ts: is printed for people who listen beyond loopback, unless they chose it",
    "mock/control-access.test.ts: the token that the command prints opens it, and is printed once",
    "mock/control-access.test.ts: is another one in each mock, and is the mock's to tell",
  ],
  ["A call without the token gets 401.", "mock/control-access.test.ts: from another machine"],
  [
    "Web pages stay out: a foreign `Origin` (another site's page) gets 403, and so does a foreign `Host` (another site's name that leads here) without the token.",
    "mock/control.test.ts: no page of another site, also not by a name that leads here",
    "mock/control.test.ts: names that were allowed",
  ],
  [
    "A proxy on this machine, or a port forwarder that does not keep the sender's address, makes every call one of this machine's own.",
    ADVICE,
  ],
  ["Let such a one pass nothing below `/__gatetape`.", ADVICE],
  [
    "`GET /__gatetape/health` and `GET /__gatetape/ready` are open to everybody, by any `Host`:",
    "mock/control-access.test.ts: probes are answered by any name, and only probes",
    "mock/control-access.test.ts: probes and the gateway itself are open",
  ],
  [
    "Each line has the request, its **findings** (what of it does not keep to the OpenAPI), what was answered and by which interaction, and what of it was delivered and when.",
    "mock/control.test.ts: is JSON Lines with findings, what was sent and what was delivered, and without secrets",
  ],
  [
    "The journal is a ring of 1 MiB (some 600 exchanges; `--journal-memory` changes it, 0 switches it off) that holds requests, headers and made-up answers; recorded answers stay in their library.",
    "trace/journal.test.ts: gives up the oldest when it is full, by bytes",
    "trace/journal.test.ts: keeps nothing without memory, but writes its file",
    "trace/journal.test.ts: names a recorded answer, and copies all others and those of a library that is replaced",
  ],
  [
    "Of a body it keeps the first 80 KiB and prints 16 KiB.",
    "trace/journal.test.ts: keeps 80 KiB of a body, and prints 16 KiB of it",
  ],
  [
    "A file that has reached 8 MiB becomes `FILE.1` and a new one is begun.",
    "trace/journal.test.ts: appends lines to a file and keeps that in bounds too",
  ],
  [
    "unknown methods are 405, bytes that are no HTTP get h11's own 400 and the connection is closed, a HTTP/1.1 request without `Host` too, bare line feeds are line ends, HTTP/1.0 is answered without chunks and closed,",
    "asgi/h11/reader.test.ts: bytes that h11 refuses",
    "asgi/h11/reader.test.ts: a request that h11 takes",
    "asgi/h11/reader.test.ts: ends after an answer to HTTP/1.0, whose streams have no chunks",
    "asgi/h11/reader.test.ts: is told 100 Continue where the body is read, and only there",
  ],
  [
    "`--keep-alive SECONDS` is how long a connection may be idle; OGL's 2 seconds are the default,",
    "mock/connections.test.ts: that is idle is closed after two seconds, and not before",
  ],
  [
    "`--no-direct` sends every request through the mock's [Hono app](in-process.md#the-mock-as-a-hono-app) instead of answering over the socket itself:",
    "cli/mock.test.ts: --no-direct answers by Hono and Node's own headers, the journal all the same",
    "parity/outlets.test.ts: a capture is answered the same by both outlets",
  ],
  [
    "`--watch` loads the cassettes anew when a file changes. A bad edit keeps the old ones and says what is wrong with it.",
    "mock/watch.test.ts: plays an edited cassette, a new one, and one that was replaced by renaming",
    "mock/watch.test.ts: keeps the old cassettes after a bad edit, says what is wrong, and takes the corrected ones",
  ],
  ["It adds less than 12 MB to its base, `node:24-alpine`:", "live/image-checks.sh: size beyond the base"],
  [
    "What stands after the image's name replaces `mock --host 0.0.0.0`, so say that again with flags of your own.",
    ADVICE,
  ],
  [
    "Keys, limits, budgets and validation come before replies; faults come after them, as on every answer.",
    "mock/replies.test.ts: keys, limits and validation come before them",
    "mock/replies.test.ts: the answer still gets the faults of the mock",
  ],
  [
    "The journal is where they come from: it holds the newest ones, and 80 KiB of a body.",
    "mock/replies.test.ts: says so if the journal has forgotten requests",
    "mock/replies.test.ts: name the model of a body of which the journal keeps only a part",
  ],
];

import { ADVICE, type Promised } from "./promise.ts";

/** Promises of docs/in-process.md. */
export const IN_PROCESS: readonly Promised[] = [
  [
    "`startMock` takes `cassettes`, `ogl`, `speed`, `world`, `policy`, `host`, `port` and more; each has its documentation in the types.",
    "promises/ledger.test.ts: each option of startMock has its documentation in the types",
  ],
  ["All of this needs Node 22.22 or newer,", "public/package.ci.test.ts: installed under Node %d"],
  [
    "`gatetape/vitest` has a `test` with the fixture `mock`: one server a file, one session a test, so that tests run side by side.",
    "public/vitest.test.ts: gives test ${name} a session of its own on one server",
  ],
  [
    "`mock.app` is an ordinary [Hono](https://hono.dev) app with a route for each operation of OGL's OpenAPI and the control API below `/__gatetape`.",
    "mock/app.test.ts: has a Hono route for each operation of %s, which finds the same",
  ],
  [
    "Calls in process reach the control API without a token.",
    "mock/control-access.test.ts: no token is needed, whatever app is around it",
  ],
  [
    "Behind a server other than Node's (Deno, Bun), which does not show where a call comes from, each one needs `mock.controlToken`, as those of other machines do.",
    "mock/control-access.test.ts: a server other than Node's, whose peers are not to be seen, needs it",
  ],
  [
    "`startMock({ direct: false })` and `gatetape mock --no-direct` send every request through the app and `@hono/node-server`, and answer by a `Response`, as it is inside another app. Status, headers and bodies are the same, but for this:",
    "parity/outlets.test.ts: a capture is answered the same by both outlets, but for what a Response can't express",
    "parity/outlets.test.ts: each loss of the list is seen",
    "parity/outlets.test.ts: the page for users lists the same losses",
  ],
  [
    "A path with dot segments (`/v1/models/../admin`) is found as it was sent wherever there is a socket;",
    "mock/app.test.ts: over a socket the target is read as it came, and HEAD and middleware work",
  ],
  [
    "a cassette with a transport fault (`reset`, `stall`, `truncate`, an interim response) is refused with the reason:",
    "public/nock.test.ts: refuses a cassette with a transport fault, with the reason: %s",
  ],
  [
    "What goes wrong is thrown as a `GatetapeError` of `gatetape`",
    "util/errors.test.ts: stands beside the text, with the system's error as its cause",
  ],
  ["Decide by its data, never by its text:", ADVICE],
  [
    "The container's control API needs a token, which each container has of its own",
    "live/testcontainers.ts: the control API answers ${open.status} without its token",
  ],
  [
    "`vitest`, `nock` and `testcontainers` are optional: gatetape loads them only where you import the entry of that name.",
    "public/package.ci.test.ts: exports exactly the public names",
  ],
  [
    "Two matchers say what was asked; where they fail, the message has the requests that there were, and what of each differs.",
    "public/vitest.test.ts: a failed assertion shows what was asked instead",
  ],
  [
    "`expectAllPlayed()` says that all that the test has added was played and nothing else was answered.",
    "mock/replies.test.ts: passes if all was played and nothing else was asked",
    "mock/replies.test.ts: names what was not played, and what else was asked",
    "public/vitest.test.ts: what was added and not asked is named",
  ],
];

/** Promises of docs/faults.md. */
export const FAULTS: readonly Promised[] = [
  [
    "It knows nothing of the client, and the same answer with the same fault is the same bytes each time.",
    "mock/faults/laws.test.ts: any fault",
    "mock/faults/mock.test.ts: is as likely as told, the same for the same seed, whatever else is asked",
  ],
  [
    "Every stream of chat now breaks off after its second event in the way that OGL does when its provider dies.",
    "mock/faults/captures.test.ts: a fault of OGL's sends what OGL sent",
  ],
  [
    "The line that the mock prints for a request, and the journal, name the faults that its answer got:",
    "mock/faults/mock.test.ts: prints with each request what became of the faults",
    "mock/faults/mock.test.ts: says in the journal and to onTrace what became of each",
  ],
  [
    "`--fault` may be repeated; the rules that fit a request compose in their order.",
    "mock/faults/mock.test.ts: composes them in their order, those for all before those of a session",
  ],
  [
    "What can't be followed is an error that says where and how to fix it:",
    "mock/faults/mock.test.ts: does not start with a fault that can't be followed",
    "mock/faults/grammar.test.ts: never fail otherwise, whatever is asked",
  ],
  [
    'A position that the answer does not reach changes nothing; the journal says `"applied": false` then, the printed line `nothing to do`.',
    "mock/faults/laws.test.ts: that finds nothing to do gives the very script",
    "mock/faults/mock.test.ts: prints with each request what became of the faults",
  ],
  [
    "of all others a conforming reader gets the same events, or the same body.",
    "mock/faults/laws.test.ts: a lossless fault",
  ],
  [
    "Without the option the header is ignored, and the request's line says so.",
    "mock/faults/mock.test.ts: is ignored unless it is allowed, and that is said",
  ],
  ["It takes no part in matching.", "mock/faults/mock.test.ts: takes no part in matching"],
  [
    "`PUT /__gatetape/faults` puts a list in place of the one in force, `GET` lists it with how many requests fitted each and got it, `DELETE` empties it; `?session=NAME` is for one session alone, and resetting the session removes those.",
    "mock/faults/mock.test.ts: are put, listed and removed, for all or for one session",
    "mock/faults/mock.test.ts: of a session go when it is reset",
  ],
  [
    "The same run gives the same faults, also where requests of several sessions come side by side.",
    "mock/faults/mock.test.ts: is as likely as told, the same for the same seed, whatever else is asked",
  ],
  ["Refuse a connection: use a port where nothing listens.", ADVICE],
  [
    "Close an idle connection: the mock does that after 2 s, as OGL does; `close` closes after an answer.",
    "mock/connections.test.ts: that is idle is closed after two seconds, and not before",
  ],
  [
    "Each misbehaves for every prompt and with all parameters, as a real OGL 0.4.1 relays it.",
    "parity/fault-models.test.ts: %s misbehaves for everybody",
  ],
];

/** Promises of docs/synthesizer.md. */
export const SYNTHESIZER: readonly Promised[] = [
  [
    "It is framed, counted and charged as OGL does it, and the same request gets the same answer on every machine.",
    "mock/synthesizer/captures.test.ts: a synthesized answer is the real one's, but for time and chance",
    "mock/synthesizer/text.test.ts: is the same on every machine",
    "mock/synthesizer/mock.test.ts: is the same from two mocks, and not of the session",
  ],
  [
    "With `--strict` (in a config `strict: true`) nothing is generated: a request that no cassette matches is answered 400, with the closest recording.",
    "mock/synthesizer/mock.test.ts: is synthesized, and the journal says so; with strict it is a miss",
  ],
  [
    "A recorded sequence that is used up is answered so in any case.",
    "mock/synthesizer/mock.test.ts: is a miss where a sequence is used up",
  ],
  [
    "**Structured output** keeps to the schema that is given, by Ajv.",
    "mock/synthesizer/structured.test.ts: structured output",
  ],
  [
    "Where no value is found that keeps to a schema, the answer is what comes nearest, and the journal says so.",
    "mock/synthesizer/structured.test.ts: says so in the journal where no value keeps to a schema",
  ],
  [
    "**Embeddings** are vectors of length 1 and of the model's dimension.",
    "mock/synthesizer/vectors.test.ts: are unit vectors of the model's dimension",
  ],
  [
    "Each word and each run of three letters has a direction of its own: texts are the nearer the more words they share, and a text's vector never changes.",
    "mock/synthesizer/vectors.test.ts: of %j are nearer to %j than to %j",
    "mock/synthesizer/vectors.test.ts: are the same on every machine, alone or in a batch",
  ],
  [
    "A request may have 2,048 inputs, as with OpenAI's API; more get an upstream's 400. A model whose provider is `tei` takes 32, as TEI does by default: more get its 413.",
    "mock/large-requests.ci.test.ts: has a limit of inputs: that of TEI in a world with one, else that of OpenAI's API",
  ],
  [
    "**Rankings** score each document by the words that it shares with the query.",
    "mock/synthesizer/vectors.test.ts: has the documents that share most words first, with scores from 0 to 1",
  ],
  [
    "Tokens are those of GPT-2, by which OGL counts.",
    "mock/synthesizer/chat.test.ts: counts as OGL counts, and its usage adds up",
  ],
  [
    "A model that does not exist is a 404, one of another type a 422, as always.",
    "mock/synthesizer/mock.test.ts: is a refusal of the world where that refuses, and nothing where it is off",
    "mock/synthesizer/parameters.test.ts: the table of parameters in the docs is what the mock does",
  ],
  [
    "*Accepted*: it is taken, and changes nothing.",
    "mock/synthesizer/parameters.test.ts: the table of parameters in the docs is what the mock does",
  ],
  [
    "**Transcriptions** have two and a half words for each second of sound, and the same for the same bytes.",
    "mock/synthesizer/media.test.ts: has as many words as are spoken in the time, in segments without a gap",
    "mock/synthesizer/media.test.ts: makes the same text of the same sound, and another of another",
  ],
  [
    "a page for each form feed; a PDF, a picture, or what stands behind another URL gets made-up pages, as many as a PDF declares.",
    "mock/synthesizer/media.test.ts: gives the text of a document that is text, page by page",
    "mock/synthesizer/media.test.ts: makes up pages of a document behind a URL, with pictures as they are wanted",
    "mock/synthesizer/media.test.ts: parses as many pages as a PDF declares, of which a range may be wanted",
  ],
  [
    "by what part the time between two tokens differs at most",
    "mock/synthesizer/pace.test.ts: differs by the jitter, always in the same way",
  ],
];

/** Promises of docs/config.md. */
export const CONFIG: readonly Promised[] = [
  [
    "It overwrites nothing.",
    "cli/init.test.ts: overwrites nothing, writes nothing else then, and names what is there",
  ],
  [
    "`gatetape.config.mts`, `.mjs`, `.js` or `.json` in the working directory is used; `--config FILE` names another, `--no-config` none.",
    "cli/config.test.ts: is found in the working directory, and can be left aside",
  ],
  [
    "A flag wins over the config, the config over the defaults.",
    "cli/config.test.ts: wins over the defaults, and a flag over it, even one that says the default",
  ],
  [
    "A `gatetape.config.ts` is an error, since it fails in a commonjs package.",
    "cli/config.test.ts: is a .ts, which is not looked for",
  ],
  [
    "A member that it does not have is an error, with the name that is nearest.",
    "cli/config.test.ts: a config that can't be used",
  ],
  ["What you would say by flags each time can stand in a file.", "config/options.test.ts: "],
];

/** Promises of README.md. */
export const README: readonly Promised[] = [
  [
    "It replays recorded exchanges byte for byte, enforces keys, limits, budgets and validation as a real gateway does, and generates an answer when nothing was recorded.",
    "parity/replay.test.ts: a capture of the real server, made a cassette and played, is what the real server sent",
    "parity/world.test.ts: leaves no capture out",
    "mock/synthesizer/mock.test.ts: is synthesized, and the journal says so; with strict it is a miss",
  ],
  [
    "It reports each mistake of a client with the bytes that prove it.",
    "report/report.test.ts: has a trace before each verdict that is no pass, and none for a pass",
  ],
  [
    "In your project, `npx --no-install gatetape mock` then runs the installed one and never fetches another.",
    "public/npx/package.ci.test.ts: ",
    "unclaimed-name.test.ts: ",
  ],
  [
    "If nothing was recorded for a request, the mock generates an answer in OGL's form, always the same one",
    "mock/synthesizer/mock.test.ts: is the same from two mocks, and not of the session",
  ],
  [
    "`gatetape client -- ./my-adapter` plays 151 scenarios: an upstream that dies, a usage chunk, `Retry-After`, and so on. It shows the bytes behind each finding:",
    "promises.test.ts: counts scenarios and faults",
    "cli/client.test.ts: ends with 1 for a finding, and shows the bytes and the command for just this one",
  ],
  [
    "`gatetape gate -- npm test` runs your own tests against the mock and judges every request:",
    "cli/gate/mutants.test.ts: by %s fails for that reason and no other",
  ],
  [
    "has its own position in recorded sequences, so agent loops and parallel conversations do not disturb each other.",
    "mock/playing.test.ts: have each its own place, by prefix, by header, and one for all else",
    "mock/interleaved.test.ts: any recording, shuffled and interleaved over sessions and keys, plays each client what it got",
  ],
  [
    "Playing a cassette never writes to it.",
    "cassette/hostile/paths.test.ts: nothing of all this was written into",
    "cassette/left-log.test.ts: ",
  ],
  [
    "Every cassette states the origin of its bytes, and every listing shows it:",
    "cli/mock.test.ts: says where it listens, what it serves, and what to try",
  ],
  [
    "Keys, tokens, cookies and e-mail addresses become pseudonyms, and each deviation from the OpenAPI gets a waiver that a reviewer can see.",
    "secrets/planted.test.ts: planted secrets through %s",
    "cli/import.test.ts: ",
  ],
  ["The evidence for each generation of OGL:", ADVICE],
  [
    "The model `t-die-mid` is one of the [fault models](docs/faults.md#fault-models), which misbehave for every prompt.",
    "parity/fault-models.test.ts: %s misbehaves for everybody",
  ],
];

/** Promises of docs/write-an-adapter.md. */
export const WRITE_AN_ADAPTER: readonly Promised[] = [
  [
    "Only `\\n` ends a line; a line may hold 16 MiB, and U+2028, which some line readers (Node's `readline`) take for an end, may stand inside a string.",
    "suites/adapter.test.ts: answers with %s fails that case, and no other",
    "suites/adapter.test.ts: answers with %s passes",
  ],
  [
    "Then come runs, and each is answered once, in any order:",
    "suites/adapter.test.ts: answers twice is told of",
  ],
  [
    '`{"bye":{}}` is the end: exit within 3 s, even if a call still hangs.',
    "suites/adapter.test.ts: ignores bye and SIGTERM is ended after the 5 s that the protocol gives it",
  ],
  ["what is raised there is the client's error, and anything else is `failed`.", "adapters/lib.test.ts: "],
];

/** Promises of SECURITY.md. */
export const SECURITY: readonly Promised[] = [
  [
    "where anything else is left, or replacing would break the body, the interaction is not written, and the exit code is 1.",
    "secrets/sanitizer-secrets.test.ts: stand nowhere afterwards, by themselves or decoded or put together; what is left is withheld by the scan",
    "secrets/json-stays-json.test.ts: ",
  ],
  ["then other code looks again,", "secrets/scan.test.ts: shares no code with the sanitizer"],
  [
    "A message names an interaction by number and location, never by its text.",
    "secrets/scan.test.ts: says where a finding is, and never what",
  ],
  [
    "nothing in it is run, and nothing outside the folders that were named is read.",
    "cassette/hostile/paths.test.ts: in a folder that is a link leading out is not read",
    "cassette/hostile/paths.test.ts: with a link to a folder outside",
  ],
  [
    "The control API is open to this machine's own addresses, by the other end of the connection and never by a header's word; from others it needs the token.",
    "mock/control-access.test.ts: from another machine",
    "mock/control-access.test.ts: by %s it needs no token",
  ],
  [
    "Only `/__gatetape/health` and `/__gatetape/ready`, which tell nothing, are open to everybody.",
    "mock/control-access.test.ts: probes are answered by any name, and only probes",
  ],
  [
    "Of 22 letters by chance that nothing names, capitals, small letters and digits, the look misses 4 in 100, of 40 it misses 2 in 1,000. Letters of one case, or without digits, it does not take for a secret, however long they are.",
    "secrets/scan.test.ts: misses as many texts of %s as SECURITY.md says",
  ],
  [
    "The tests plant some 6,500 secrets by names, forms and places in each full round and find none;",
    "secrets/planted.test.ts: planted secrets through %s",
    "secrets/planted.test.ts: import: 2000, har: 2000, scrub: 2000, record: 500",
  ],
];

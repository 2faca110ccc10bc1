import { ADVICE, type Promised } from "./promise.ts";

/** Promises of docs/client.md. */
export const CLIENT: readonly Promised[] = [
  [
    "Each scenario ends in a verdict.",
    "suites/run.test.ts: gives verdicts in the order of the scenarios",
    "mutants/kill-matrix.test.ts: ",
  ],
  [
    "A fail, a hang, a warning and an inconclusive verdict come with the request, a timeline of the bytes that were sent, the outcome that the user of the client saw, the reason why it matters, and the command that plays only this scenario.",
    "report/report.test.ts: has the request, what was sent as a timeline, what was surfaced, why it matters and the command",
    "cli/client.test.ts: ends with 1 for a finding, and shows the bytes and the command for just this one",
    "suites/stopped.timed.ci.test.ts: ends with 3, lists what is inconclusive, and says why",
  ],
  [
    "Reports have the same for all other verdicts but passes and skips.",
    "report/report.test.ts: as JUnit show the bytes and the command of a verdict that is %s",
    "report/report.test.ts: as Markdown have a table and the bytes, in fences that hold",
  ],
  [
    "Ids are stable (a former id stands for the scenarios that were made of it);",
    "suites/select.test.ts: takes a former id for the scenarios that were made of it, in profiles too",
  ],
  ["are frozen lists that do not grow.", "suites/catalogue.test.ts: are frozen"],
  [
    "0 conformant (warnings too, unless `--fail-on warn`; a hang in a scenario that is a MAY is none), 1 findings, 2 wrong usage or no adapter, 3 gatetape itself failed, or more than one played scenario in ten is inconclusive, 128+n after signal n.",
    "cli/client.test.ts: ends with 0 for a client that is conformant, and says so in one line",
    "cli/client.test.ts: ends with 0 for warnings, unless --fail-on warn",
    "suites/verdict.test.ts: by no hang where an answer in time is a MAY",
    "cli/client.test.ts: ends with 2 for %j -- %j",
    "suites/lateness.test.ts: says nothing where more than one in ten played scenarios is inconclusive",
    "report/ends.test.ts: fail where %s cut the run short",
  ],
  [
    "Wherever a whole answer is sent, its finish reason and its usage are compared with what the server sent.",
    "suites/catalogue.test.ts: look at finish reason and usage wherever a whole answer comes",
  ],
  [
    "A client that never gives a part does not expose it, and is not judged by it; the end of a run says how many passes that concerns.",
    "suites/run.test.ts: is not exposed where it is never given",
    "cli/client.test.ts: says how many passes say nothing of a part that the client does not expose",
  ],
  [
    "A client that gives a part in one scenario and not in another of the same operation has lost it there: a warning at least.",
    "suites/run.test.ts: is lost where it is not given, before it and after it, and that is a warning",
    "suites/run.test.ts: makes a required part that is not there a finding instead of not-observable",
  ],
  [
    "Finish reasons are compared in any spelling (`tool_calls`, `tool-calls`, `TOOL_CALLS`), arguments of tool calls as JSON values.",
    "suites/verdict.test.ts: takes a finish reason in any spelling, and no other one",
    "suites/verdict.test.ts: compares arguments of tool calls as values",
  ],
  [
    "A scenario's time runs only while the client's process is up: a start may take 120 s and is counted nowhere.",
    "suites/clock.test.ts: a client whose process starts slowly",
    "suites/clock.test.ts: says what it waits for, and judges it all the same",
  ],
  [
    "A hang before the first request is played once more, alone.",
    "suites/clock.test.ts: is played once more, alone",
  ],
  [
    "While a scenario runs, gatetape watches how late the machine is:",
    "suites/lateness.timed.test.ts: sees that the own event loop was held up, since then and not before",
    "suites/lateness.timed.test.ts: sees that another process was held up, while that lasts and afterwards",
  ],
  [
    "on Linux also how long the client's own threads stood in the queue for a processor, which excuses a failure and a hang.",
    "suites/lateness.test.ts: is none where the client stood in the queue for a processor, and so hardly ran",
    "suites/lateness.timed.test.ts: knows how long they stood in the queue",
  ],
  [
    "in either direction, is played again alone, up to twice; then it is *inconclusive*, and its reason says how late the machine was.",
    "suites/lateness.timed.test.ts: is played again where the machine was too late, and is then inconclusive",
    "suites/lateness.test.ts: a hang",
  ],
  [
    "Wrong bytes never are, nor is a client excused whose own processes used up the processor.",
    "suites/lateness.test.ts: does not excuse wrong bytes",
    "suites/lateness.test.ts: stands where the client burned the CPU",
    "suites/lateness.timed.test.ts: is that of all its processes",
  ],
  [
    "`--fail-on inconclusive` fails the run.",
    "report/agree.test.ts: with --fail-on %s agree on a %s in a %s",
  ],
  ["It gives what a user of the client can see, and adds nothing: no retries, no parsing.", ADVICE],
  [
    "It reads messages from stdin and prints messages to stdout, one line of JSON each; `gatetape client` starts it.",
    "suites/adapter.test.ts: is good passes, and leaves when it is told to",
  ],
  [
    '`embeddings` (vectors, or `{"index":0,"embedding":[…]}` each),',
    "suites/verdict.test.ts: puts vectors in the order of their indexes, where the client gives them",
  ],
  [
    "A line on stdout that does not begin with `{` is the client's own log; stderr is free (`--verbose` shows both).",
    "suites/adapter.test.ts: prints its own log, and much of it to stderr, is heard all the same",
    "report/agree.test.ts: shows them as text on the terminal, in its log and in every report",
  ],
  [
    "The messages are fixed by a JSON Schema, `gatetape/adapter-1.schema.json`, and are validated both ways.",
    "suites/adapter.test.ts: answers with %s fails that case, and no other",
    "suites/messages.test.ts: refuses a message of its own that the schema does not have",
  ],
  [
    "The runner calls only the operations that your adapter declares, and a declared one may not be skipped.",
    "suites/run.test.ts: is a fail where a client skips what it declares, and skipped where it does not declare it",
  ],
  [
    "A scenario that needs a capability which is not declared is skipped, and counted.",
    "suites/run.test.ts: is not asked for what needs the capability %s",
    "cli/client.test.ts: fails where more is skipped than --max-skips allows",
  ],
  [
    "A run in which nothing was judged, since the client declares or exposes nothing of what is needed, fails; of `--shard` a part may be so.",
    "cli/client.test.ts: fails a client that declares nothing of what is needed, but not for a part of the scenarios",
  ],
  [
    '`base: "root"` asks for base URLs without `/v1`.',
    "suites/adapter.test.ts: asks for a base URL without /v1",
  ],
  [
    "What `control` does not name is left to the client's defaults.",
    "suites/run.test.ts: tells a client only what it says that it can do",
  ],
  [
    "Runs of one `session` use one client object.",
    "suites/run.test.ts: is one for all calls of a scenario, and is closed",
  ],
  [
    "A member that is absent or null is not exposed by the client, and is not judged.",
    "suites/run.test.ts: is not-observable, never a pass, where the client does not expose what is needed",
  ],
  [
    "A run that has no result by its deadline is a hang, and is cancelled.",
    "suites/adapter.test.ts: takes too long but ends when it is cancelled is a hang too, without a restart",
  ],
  [
    "If it does not end within a second of that, the process and its group are killed, and what ran beside it is played again in a new one.",
    "suites/adapter.test.ts: hangs fails that case, is started again, and what ran beside it is run again",
  ],
  [
    "An adapter that dies or breaks the protocol fails the run that it happened in, and no other.",
    "suites/adapter.test.ts: crashes fails that case alone, with the end of its stderr",
    "suites/adapter.test.ts: answers with %s fails that case, and no other",
  ],
  [
    "One whose every process dies without a single result ends the run with 2 and its stderr.",
    "suites/clock.test.ts: ends the command with 2",
  ],
  [
    "They are played all the same; one that passes, or matches no scenario, fails the run, so the list never outlives its reasons.",
    "cli/client.test.ts: takes known failures, and fails where one is no longer true",
    "suites/select.test.ts: are stale where they pass or match nothing",
  ],
  [
    "`--known-failures FILE` has a pattern and a reason on each line,",
    "suites/select.test.ts: need a reason: %j",
  ],
  [
    "`ndjson` is the record: written line by line, it survives a crash, and every other format is made from it (`json`, `junit`, `markdown`, `github`, `badge`).",
    "cli/client.test.ts: leaves a record that shows it, and no process, when it is interrupted",
    "report/report.test.ts: reads as it was written, and without what a crash has cut off",
    "cli/client.test.ts: writes every report, and shards of the record are put together again",
  ],
  [
    "With each finding that they list, they show the command that plays just this one scenario; the badge has the counts alone.",
    "cli/rerun.test.ts: works as it is typed, on the terminal",
    "cli/rerun.test.ts: is the same as %s",
  ],
  [
    "Each fails exactly where the exit code does; the badge of a run that was cut short says `incomplete`.",
    "report/agree.test.ts: with --fail-on %s agree on a %s in a %s",
    "report/ends.test.ts: fail where %s cut the run short",
    "report/report.test.ts: of a run that was cut short fail, and say so",
  ],
  [
    "`--shard 1/3` plays a third; the records of shards, or of several clients, are put together by",
    "suites/select.test.ts: cuts into parts that are all of it and overlap nowhere",
    "cli/client.test.ts: writes every report, and shards of the record are put together again",
  ],
  [
    "`--jobs 8` plays that many at once, in as many processes as the adapter's `concurrency` asks for.",
    "suites/adapter.test.ts: takes few at once is started several times where more are wanted",
  ],
  [
    "Scenarios that measure time are played beside each other alone, since they wait; one that is not right there is played again by itself before it counts.",
    "suites/run.test.ts: plays several beside each other, and no other beside one",
    "suites/run.test.ts: plays one that is not right beside others again by itself, and that counts",
    "suites/run.test.ts: finds what is wrong by itself, too",
  ],
  [
    "The verdicts are the same.",
    "suites/run.test.ts: comes to the same verdicts with one job and with eight",
  ],
  [
    "The client still talks to gatetape, which asks the gateway the same, on a connection of its own for each request, and hands on the whole answer with the scenario's fault in it.",
    "suites/live.test.ts: that reads by the book passes all that a good server can show, and never gets the gateway's key",
    "suites/live.test.ts: that is broken as %s is told of it, and of nothing else",
  ],
  [
    "An answer that shows nothing of the client, such as a 429 to an ordinary call, makes the scenario inconclusive and says what came.",
    "suites/live.test.ts: is no worse for a gateway that refuses: that is inconclusive",
  ],
  [
    "The client never gets that key, and it stands in no report.",
    "suites/live.test.ts: that reads by the book passes all that a good server can show, and never gets the gateway's key",
    "suites/live.test.ts: shows the gateway's key nowhere, though the gateway tells it",
  ],
  [
    "`--model` and `--embedding-model` choose the models; without them the first of each kind that `GET /v1/models` lists is taken.",
    "suites/live.test.ts: chooses the first model of each kind, or the named ones",
  ],
];

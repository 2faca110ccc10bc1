import type { Promised } from "./promise.ts";

/** Promises of docs/gate.md. */
export const GATE: readonly Promised[] = [
  [
    "It goes red where the tests fail, and where they pass but the traffic is wrong.",
    "cli/gate/commands.test.ts: that fails is told apart from what its traffic shows",
    "cli/gate/mutants.test.ts: by %s fails for that reason and no other",
  ],
  [
    "GitHub, with annotations, a step summary, JUnit and a badge:",
    "cli/gate/templates.ci.test.ts: passes: summary, badge, JUnit, outputs and a notice",
    "cli/gate/templates.ci.test.ts: fails: an annotation says what, the summary has the bytes",
  ],
  [
    "It never looks a name up in a registry.",
    "cli/gate/templates.ci.test.ts: refuses %j, which npm would fetch from a registry",
    "unclaimed-name.test.ts: ",
  ],
  [
    "Both take `mode` (`gate`, or `client` for an adapter) and `flags`;",
    "cli/gate/templates.ci.test.ts: judges a client library too",
    "cli/gate/templates.ci.test.ts: takes flags as a shell does, with blanks in quotes",
    "cli/gate/templates.ci.test.ts: judges a client library too, in any shell",
  ],
  [
    "`--env NAME={base}` sets others; `{base}`, `{url}` and `{key}` in the command's arguments are replaced.",
    "cli/gate/commands.test.ts: has the documented variables, and those that were asked for",
    "cli/gate/commands.test.ts: that is curl passes, by placeholders in its arguments",
  ],
  [
    'There is no shell between: for a line of shell say `sh -c "one && two"`.',
    "cli/gate/commands.test.ts: has no shell between: a blank in an argument stays",
  ],
  [
    "The command leads a process group of its own.",
    "cli/gate/commands.test.ts: leads a process group of its own",
  ],
  [
    "SIGINT, SIGTERM and SIGHUP are passed on to that group.",
    "cli/gate/commands.test.ts: gets %s passed on, and the gate ends as it ended",
  ],
  [
    "A command that has not ended two seconds after such a signal gets SIGTERM, and a second later SIGKILL.",
    "cli/gate/endings.test.ts: ends after %s of the gate",
    "cli/gate/endings.timed.test.ts: %s ends a stubborn command within 5 s",
  ],
  [
    "A command that runs at `--deadline` (600 s), and what is left of it 0.3 s after its end, gets SIGTERM and, two seconds later, SIGKILL.",
    "cli/gate/commands.test.ts: that hangs is ended at the deadline, and what it waited for is named",
    "cli/gate/commands.test.ts: that ignores SIGTERM is killed, with what it has forked",
    "cli/gate/commands.test.ts: that leaves a child behind, which holds its stdout, is not waited for",
  ],
  [
    "If the gate itself is killed, a watchdog process does the same.",
    "cli/gate/endings.test.ts: ends after the gate was killed",
    "cli/gate/endings.test.ts: ends after the gate's whole group was killed",
    "cli/gate/endings.test.ts: no watchdog stays behind",
  ],
  [
    "On Linux that is everything that the command has started, also what left the group (`setsid`, daemons):",
    "cli/gate/endings.test.ts: is found when the command ends, and ended before it can ask anything more",
    "cli/gate/endings.test.ts: is not mistaken for one of another gate",
  ],
  [
    "What it is answered by is what `gatetape mock` answers by, with the same flags and config:",
    "cli/gate/nothing.test.ts: of a model that the user's own world lacks, and of no other",
    "config/options.test.ts: ",
  ],
  [
    "`--scenario ID` answers its operation as that scenario of `gatetape client` does.",
    "cli/gate/cassettes.test.ts: may be a scenario: what its user was given stays unseen",
  ],
  [
    "`--strict` answers only what a cassette has, and what none has fails.",
    "cli/gate/cassettes.test.ts: that do not know a request fail it in --strict",
  ],
  [
    "The interactions that were played are counted. Those that were not are named: ten at the terminal, all in Markdown and in the record.",
    "cli/gate/cassettes.test.ts: are covered as far as they were played, and what was not is named",
    "cli/gate/cassettes.test.ts: that are many are named by ten, and all of them in the reports",
  ],
  [
    "`--min-coverage 80` fails below 80 %.",
    "cli/gate/cassettes.test.ts: that are played too little fail the gate",
  ],
  [
    "a request that OGL refuses is no finding where you have recorded just that.",
    "cli/gate/cassettes.test.ts: say which invalid requests are meant",
  ],
  [
    "With `--upstream URL` all traffic goes to that gateway instead of the mock and is judged on its way; answers are held against OGL's OpenAPI too.",
    "cli/gate/pair.test.ts: is judged as in front of the mock, and the gateway too",
    "cli/gate/pair.test.ts: is warned of what the gateway sends against its OpenAPI; that is not the client's failure",
  ],
  [
    "With `--upstream-key-env NAME` the key stays with gatetape and the command gets another (`sk-gatetape-gate`, or that of `--key`), also in each variable whose value is the upstream's, or contains it (if it has eight characters or more).",
    "cli/gate/pair.test.ts: is kept from the upstream's key, in whatever variable it stands",
    "cli/gate/pair.test.ts: is not given the upstream's key by --key either",
  ],
  [
    "Of the rest only `Host` and `Accept-Encoding` (to `identity`) change, and in an answer a `Location` that leads to the gateway.",
    "cli/gate/pair.test.ts: goes up as it is but for host, coding and key, and its answer comes down so but for the location",
  ],
  [
    "A command that sends no key, another one, or its key in another place is refused as it would be.",
    "cli/gate/pair.test.ts: that sends %s is not given more",
  ],
  [
    "Reports and journals have no secrets.",
    "cli/gate/pair.test.ts: is judged as in front of the mock, and the gateway too",
    "cli/canary.test.ts: ",
  ],
  [
    "A MUST fails, a SHOULD warns, a MAY is tolerated; `--fail-on warn` is stricter.",
    "cli/gate/cassettes.test.ts: may be weighed otherwise",
  ],
  [
    "What could not be seen in a run is `not-observable`, never a pass:",
    "cli/gate/saved.test.ts: are cassettes: what needs time is not to be seen",
    "cli/gate/mutants.test.ts: passes under %s where nothing is wrong",
  ],
  [
    "`--known-failures FILE` lets one fail with a reason until it passes.",
    "cli/gate/cassettes.test.ts: may be known to fail, until it does not",
  ],
  [
    "The headers `X-Stainless-Retry-Count` and `Idempotency-Key` decide if the client sends them.",
    "cli/gate/attempts.test.ts: is %s: %o then %o",
    "cli/gate/attempts.test.ts: of calls side by side are put together by the count of the SDK",
  ],
  ["A gate is not green on nothing.", "cli/gate/nothing.test.ts: a gate that judges nothing fails"],
  [
    "It warns if no POST came, if each answer was a refusal (of the POSTs, if there were any) that no fault, cassette or scenario of yours asked for, and if a model was asked for that the gateway lacks.",
    "cli/gate/nothing.test.ts: of no POST: %s",
    "cli/gate/nothing.test.ts: of refusals alone, even beside a GET that was answered",
    "cli/gate/nothing.test.ts: not of refusals that were asked for",
    "cli/gate/nothing.test.ts: of a model that the user's own world lacks, and of no other",
  ],
  [
    "`--param temperature=0.2` (or `embeddings.create:dimensions=256`) says what must reach the wire as it is.",
    "cli/gate/mutants.test.ts: by %s fails for that reason and no other",
  ],
  [
    "`--max-rps 20` limits requests within any second, `--max-attempts` (10) those of one call.",
    "cli/gate/mutants.test.ts: by %s fails for that reason and no other",
  ],
  [
    "Browsers and recorders leave the key out: that is not held against the client.",
    "cli/gate/saved.test.ts: in which nothing is wrong passes; the key that the browser left out is not missed",
  ],
  [
    "A cassette has no times: repeats, retries and rates are not to be seen in it.",
    "cli/gate/saved.test.ts: are cassettes: what needs time is not to be seen",
  ],
  [
    "0 conformant and the command ended with 0; 1 findings, or the command failed: its own failure is the check `command/exit` and a line of its own; 2 wrong usage, or no such command; 3 gatetape itself failed; 128+n after signal n.",
    "cli/gate/commands.test.ts: that fails is told apart from what its traffic shows",
    "cli/gate/commands.test.ts: that is not there is wrong usage",
    "report/ends.test.ts: fail with exit code 3 where gatetape failed, and so does the text",
    "cli/gate/endings.test.ts: ends after %s of the gate",
  ],
  [
    "Each report fails exactly where the exit code does: also by a line of its own where gatetape failed, or where the gate was interrupted.",
    "report/agree.test.ts: with --fail-on %s agree on a %s in a %s",
    "report/ends.test.ts: fail with exit code 3 where gatetape failed, and so does the text",
    "report/ends.test.ts: fail with exit code 128+n after a signal, even if the command ended with 0",
  ],
  [
    "`--json` prints the record on stdout, and the command's stdout goes to stderr.",
    "cli/gate/cassettes.test.ts: is made up and answered, and seen in the output",
  ],
  [
    "`gatetape report merge` makes all of them of records.",
    "cli/gate/cassettes.test.ts: goes into every report",
  ],
];

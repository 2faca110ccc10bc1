/**
 * The docs promise nothing that no test holds: a sentence of these pages that promises something stands in a ledger beside its
 * tests. Whoever changes the sentence, or renames the test, changes the ledger too.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLIENT } from "./client.ts";
import { GATE } from "./gate.ts";
import { LIVE } from "./live.ts";
import { MOCK } from "./mock.ts";
import { CONFIG, FAULTS, IN_PROCESS, README, SECURITY, SYNTHESIZER, WRITE_AN_ADAPTER } from "./others.ts";
import { SERVER } from "./server.ts";
import { ADVICE, type Promised } from "./promise.ts";

const root = new URL("../..", import.meta.url).pathname;
const read = (file: string): string => readFileSync(root + file, "utf8");
const onOneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** Pages of which each sentence that promises something is in the ledger. */
const WHOLE: readonly (readonly [page: string, ledger: readonly Promised[]])[] = [
  ["docs/gate.md", GATE],
  ["docs/client.md", CLIENT],
  ["docs/server.md", SERVER],
  ["docs/live.md", LIVE],
  ["docs/mock.md", MOCK],
  ["docs/in-process.md", IN_PROCESS],
  ["docs/faults.md", FAULTS],
  ["docs/synthesizer.md", SYNTHESIZER],
  ["docs/config.md", CONFIG],
  ["README.md", README],
];

const ALL = [...WHOLE, ["docs/write-an-adapter.md", WRITE_AN_ADAPTER], ["SECURITY.md", SECURITY]] as const;

/** Words and figures by which a sentence promises. */
const PROMISE =
  /\b(?:never|always|every|each|nothing|at most|exit codes?(?!:))\b|\b\d[\d,.]*(?: ?(?:s|ms|MiB|KiB|MB|%)|\s(?:seconds|bytes|characters|interactions))(?![\w.])/i;

/** Sentences of a page's prose: without code, tables and headings. */
function sentencesOf(page: string): string[] {
  const prose = read(page)
    .replaceAll(/^```[^]*?^```$/gm, "\n")
    .replaceAll(/<!--[^]*?-->/g, "")
    .replaceAll(/^(?:\||#).*$/gm, "\n");
  return prose
    .split(/\n\s*\n|\n(?=- )/)
    .flatMap((paragraph) => onOneLine(paragraph).split(/(?<=[.:?!])\s+(?=[A-Z`*\d"[])/));
}

/** Whether a file has a test of that title, or the title of a check. */
function hasTest(held: string): boolean {
  const [, file = "", title = ""] = /^(\S+): (.*)$/.exec(held) ?? [];
  return existsSync(`${root}test/${file}`) && onOneLine(read(`test/${file}`)).includes(title);
}

describe.each(ALL)("the ledger of %s", (page, ledger) => {
  it("has sentences of the page, as they are", () => {
    const text = onOneLine(read(page));
    expect(ledger.map(([sentence]) => sentence).filter((sentence) => !text.includes(sentence))).toEqual([]);
  });

  it("has tests that there are", () => {
    const held = ledger.flatMap(([sentence, ...tests]) =>
      tests.length === 0 ? [`nothing holds: ${sentence}`] : tests,
    );
    expect(held.filter((one) => one !== ADVICE && !hasTest(one))).toEqual([]);
  });
});

describe.each(WHOLE)("%s", (page, ledger) => {
  it("promises nothing that is not in the ledger", () => {
    const promises = sentencesOf(page).filter((sentence) => PROMISE.test(sentence));
    expect(promises.length).toBeGreaterThan(1);
    const isHeld = (sentence: string): boolean =>
      ledger.some(([known]) => known.includes(sentence) || sentence.includes(known));
    expect(promises.filter((sentence) => !isHeld(sentence))).toEqual([]);
  });
});

/** Figures of the docs, with the constant in the source that makes them true. */
const FIGURES: readonly (readonly [page: string, sentence: string, file: string, constant: string])[] = [
  ["docs/gate.md", "`--deadline` (600 s)", "src/cli/gate/gate.ts", "DEADLINE_S = 600;"],
  ["docs/gate.md", "0.3 s after its end", "src/suites/traffic/command.ts", "SETTLE_MS = 300;"],
  [
    "docs/gate.md",
    "two seconds after such a signal",
    "src/suites/traffic/command.ts",
    "INTERRUPTED_MS = 2000;",
  ],
  [
    "docs/gate.md",
    "and a second later SIGKILL",
    "src/suites/traffic/command.ts",
    "INTERRUPTED_TERM_MS = 1000;",
  ],
  ["docs/gate.md", "and, two seconds later, SIGKILL", "src/util/process-group.ts", "TERM_MS = 2000;"],
  [
    "docs/gate.md",
    "a watchdog process does the same",
    "src/util/process/watchdog-main.ts",
    "TERM_MS = 2000;",
  ],
  ["docs/gate.md", "if it has eight characters or more", "src/cli/gate/environment.ts", "MIN_KEY_PART = 8;"],
  ["docs/gate.md", "ten at the terminal", "src/cli/gate/screen.ts", "MAX_UNPLAYED = 10;"],
  ["docs/gate.md", "(`sk-gatetape-gate`,", "src/cli/gate/server.ts", 'ANY_KEY = "sk-gatetape-gate";'],
  ["docs/gate.md", "`--max-attempts` (10)", "src/cli/gate/judging.ts", "MAX_ATTEMPTS = 10;"],
  ["docs/client.md", "a start may take 120 s", "src/suites/client/adapter/process.ts", "START_MS = 120_000;"],
  ["docs/client.md", "alone, up to twice", "src/suites/client/run.ts", "MAX_LATE_TRIES = 2;"],
  ["docs/client.md", "within a second of that", "src/suites/client/adapter/process.ts", "CANCEL_MS = 1000;"],
  ["docs/client.md", "after 3 s comes SIGTERM", "src/suites/client/adapter/process.ts", "BYE_MS = 3000;"],
  [
    "docs/client.md",
    "one played scenario in ten",
    "src/suites/model/verdict.ts",
    "MOST_INCONCLUSIVE = 1 / 10;",
  ],
  ["docs/mock.md", "dropped beyond 1 MiB", "src/cli/support/lossy-output.ts", "MAX_WAITING = 1024 * 1024;"],
  ["docs/mock.md", "no work for 10 seconds", "src/mock/offload/offload.ts", "IDLE_MS = 10_000;"],
  ["docs/mock.md", "bodies from 64 KiB", "src/mock/offload/offload.ts", "LARGE_BODY = 64 * 1024;"],
  ["docs/mock.md", "`n` above 8,", "src/mock/synthesizer/effort.ts", "FEW_CHOICES = 8;"],
  ["docs/mock.md", "more than 64 inputs or documents", "src/mock/synthesizer/effort.ts", "FEW_TEXTS = 64;"],
  ["docs/mock.md", "bodies above 16 KiB", "src/mock/synthesizer/effort.ts", "SMALL_BODY = 16 * 1024;"],
  ["docs/mock.md", "for 5 seconds at most", "src/mock/synthesizer/schema/structured.ts", "MAX_MS = 5000;"],
  ["docs/mock.md", "2,000 interactions at most", "src/mock/replies/check.ts", "MAX_ADDED = 2000;"],
  ["docs/mock.md", "(8 characters or more,", "src/mock/control/token.ts", "MIN_LENGTH = 8;"],
  ["docs/mock.md", "The journal is a ring of 1 MiB", "src/trace/journal.ts", "DEFAULT_BYTES = 1024 * 1024;"],
  ["docs/mock.md", "and prints 16 KiB", "src/trace/ndjson.ts", "MAX_BODY = 16 * 1024;"],
  ["docs/mock.md", "keeps the first 80 KiB", "src/trace/line-of.ts", "BEYOND = 64 * 1024;"],
  [
    "docs/mock.md",
    "A file that has reached 8 MiB",
    "src/trace/journal.ts",
    "DEFAULT_FILE_BYTES = 8 * 1024 * 1024;",
  ],
  ["docs/mock.md", "adds less than 12 MB", "test/live/image-checks.sh", "MAX_BYTES=12000000"],
  ["docs/synthesizer.md", "may have 2,048 inputs", "src/mock/synthesizer/embeddings.ts", "MAX_BATCH = 2048;"],
  ["docs/synthesizer.md", "`tei` takes 32,", "src/mock/synthesizer/embeddings.ts", "MAX_TEI_BATCH = 32;"],
  [
    "docs/write-an-adapter.md",
    "a line may hold 16 MiB",
    "src/util/text/lines.ts",
    "MAX_LINE = 16 * 1024 * 1024;",
  ],
];

it.each(FIGURES)("%s: %j is what %s says", (page, sentence, file, constant) => {
  expect(onOneLine(read(page))).toContain(sentence);
  expect(read(file)).toContain(constant);
});

it("each option of startMock has its documentation in the types", () => {
  const [, options = ""] =
    /export interface MockOptions[^{]*\{\n(.*?)\n\}/s.exec(read("src/mock/options.ts")) ?? [];
  const members = [...options.matchAll(/^ {2}(?:\/\*\*[^]*?\*\/\n {2})?readonly (\w+)\??:/gm)];
  expect(members.length).toBeGreaterThan(10);
  expect(members.filter(([text]) => !text.includes("/**")).map(([, name]) => name)).toEqual([]);
});

it("each path that the docs name is there", () => {
  const pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ...WHOLE.map(([page]) => page)];
  const missing = pages.flatMap((page) => {
    const prose = read(page).replaceAll(/^```[^]*?^```$/gm, "");
    const folder = page.replace(/[^/]*$/, "");
    const named = [...prose.matchAll(OWN_PATH), ...prose.matchAll(OWN_SCRIPT)].map(([, path = ""]) => path);
    const linked = [...prose.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => folder + path);
    const isThere = (path: string): boolean => ["", "src/"].some((above) => existsSync(root + above + path));
    return [...named, ...linked].filter((path) => !isThere(path)).map((path) => `${page}: ${path}`);
  });
  expect(missing).toEqual([]);
});

const OWN_PATH = /`((?:src|test|scripts|spec|cassettes|adapters|decisions|bench|ci|\.ci)\/[\w./-]+)`/g;
/** Files of `src` are named from there on. */
const OWN_SCRIPT = /`([\w-]+(?:\/[\w.-]+)+\.ts)`/g;

/** What all reports have in common: they agree with the exit code, name the command for one scenario, and obey no text of others. */
import { beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureText } from "../../src/report/failure-text.ts";
import { printReport } from "../../src/report/formats.ts";
import type { Level } from "../../src/suites/model/scenario.ts";
import { FAIL_ON, type FailOn, type Result, type Verdict, isBad } from "../../src/suites/model/verdict.ts";
import type { RecordLine } from "../../src/suites/record/record.ts";
import { gatetape } from "../support/cli.ts";

const RERUN = { before: "npx --no-install gatetape client", after: "-- node 'my adapter.mjs'" };

function record(verdicts: readonly Verdict[], subject = "c"): RecordLine[] {
  const client = { name: subject, version: "1" };
  const about = {
    record: 2,
    gatetape: "0.1.0",
    ogl: "0.4.5",
    client,
    startedAt: "2026-11-27T00:00:00.000Z",
  } as const;
  return [
    { run: { ...about, scenarios: verdicts.length, rerun: RERUN } },
    ...verdicts.map((one) => ({ verdict: one })),
    { end: { ms: 1, exitCode: 0, problems: [] } },
  ];
}

function verdict(result: Result, level: Level, failOn: FailOn = "fail"): Verdict {
  const findings = [{ check: "text", needs: "outcome", level, message: "another text" }] as const;
  const about = { subject: "c 1", scenario: "sse/bom", level, ms: 1 };
  return {
    ...about,
    result,
    findings: result === "pass" ? [] : findings,
    fails: isBad({ result, level }, failOn),
  };
}

const CASES = FAIL_ON.flatMap((failOn) =>
  (["fail", "hang", "warn", "tolerated", "inconclusive", "pass"] as const).flatMap((result) =>
    (["must", "may"] as const).map((level) => [failOn, result, level] as const),
  ),
);

describe("the reports of a run", () => {
  it.each(CASES)("with --fail-on %s agree on a %s in a %s", (failOn, result, level) => {
    const one = verdict(result, level, failOn);
    const lines = record([one]);
    const fails = isBad(one, failOn);
    expect(printReport("junit", lines)).toContain(`failures="${fails ? 1 : 0}"`);
    expect(printReport("github", lines).includes("::error ")).toBe(fails);
    expect(printReport("badge", lines).includes('"color":"red"')).toBe(fails);
  });

  it("say one scenario, not one scenarios", () => {
    const lines = record([verdict("warn", "should")]);
    expect(printReport("github", lines)).toContain("::1 scenario: 1 warn");
    expect(printReport("markdown", lines)).toContain("\n1 scenario: 1 warn.");
  });

  it.each(["junit", "markdown", "github", "json"] as const)(
    "as %s name the command for just this one",
    (format) => {
      const lost: Verdict = { ...verdict("warn", "should"), together: ["sse/crlf"] };
      const shown = printReport(format, record([lost]));
      expect(shown).toContain(
        "npx --no-install gatetape client --only sse/bom --only sse/crlf -- node 'my adapter.mjs'",
      );
    },
  );
});

async function timeline(id: string): Promise<string> {
  return (await gatetape(["scenarios", id])).stdout;
}

describe("bytes in a timeline", () => {
  it.each([
    ["sse/crlf", "data: [DONE]\\r\\n\\r\\n"],
    ["sse/cr-only", "data: [DONE]\\r\\r"],
    ["sse/crlf-split", 'content "ab"\\r (no blank line)'],
    ["sse/bom", "\\ufeff"],
    ["sse/eof-no-blank-line", 'finish_reason "stop" (no blank line)'],
    ["sse/data-no-space", 'data:{"id"'],
    ["stream/truncated-json", "(no line end) data: {"],
    ["http/redirect-307", "< 307 Temporary Redirect (no content type, location: /v1/chat/completions)"],
    ["retry/429-retry-after-seconds", ", retry-after: 1)"],
    ["body/json-after-newlines", '\\n\\n\\n{"id"'],
  ])("of %s show %s", async (id, expected) => {
    const shown = await timeline(id);
    expect(shown).toContain(expected);
    expect(shown).not.toMatch(/[\r\ufeff]/);
  });
});

/** Text that a terminal, Markdown, XML and GitHub would each obey. */
const EVIL =
  "\u001b[2J\u009b31mPASS\u202e </failure> <script>alert(1)</script> | a |\n\n# Conformant\n::error file=x::boo\n##[error]no";

describe("text of an adapter", () => {
  const evil: Verdict = {
    ...verdict("fail", "must"),
    subject: `${EVIL} 1`,
    findings: [{ check: "text", needs: "outcome", level: "must", message: EVIL }],
    reason: EVIL,
  };
  const lines = record([evil], EVIL);

  it.each(["junit", "markdown", "github", "badge", "json", "ndjson"] as const)(
    "is only text as %s",
    (format) => {
      const shown = printReport(format, lines);
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(shown).not.toMatch(/^\s*(?:::error file|##\[)/m);
      expect(shown).not.toMatch(/^# Conformant/m);
    },
  );

  it("is no markup of Markdown outside of fences, and none of XML", () => {
    const outside = printReport("markdown", lines).replaceAll(/^(```+)$[^]*?^\1$/gm, "");
    expect(outside).not.toMatch(/<(?!\/?br)/);
    expect(
      outside.split("\n").filter((line) => line.startsWith("|") && line.split(/(?<!\\)\|/).length !== 6),
    ).toEqual([]);
    expect(printReport("junit", lines)).not.toContain("<script");
  });

  it("is only text in a failure", () => {
    const shown = failureText(evil, undefined);
    expect(shown).toContain("\\u001b[2J\\u009b31mPASS\\u202e");
    expect(shown.split("\n")).toHaveLength(4);
  });
});

describe("gatetape client with an adapter of evil words", () => {
  const ADAPTER = new URL("evil-adapter.ts", import.meta.url).pathname;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gatetape-evil-"));
    return () => rmSync(folder, { recursive: true });
  });

  it("shows them as text on the terminal, in its log and in every report", async () => {
    const formats = ["junit", "markdown", "github", "badge"];
    const reports = formats.map((format) => `--report=${format}=${join(folder, format)}`);
    const { stdout, stderr, code } = await gatetape([
      "client",
      "--verbose",
      "--only=models/*",
      ...reports,
      "--",
      process.execPath,
      ADAPTER,
      EVIL,
    ]);
    expect(code).toBe(1);
    const all = [stdout, stderr, ...formats.map((format) => readFileSync(join(folder, format), "utf8"))];
    for (const text of all) {
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(text).not.toMatch(/^\s*(?:::error file|##\[)/m);
    }
    expect(stdout).toMatch(/\n {2}fail: models\//);
  });

  it("shows its stderr as text where it dies", async () => {
    const { stderr, code } = await gatetape(["client", "--", process.execPath, ADAPTER, EVIL, "dies"]);
    expect(code).toBe(2);
    expect(stderr).toContain("\\u001b[2J");
    expect(stderr).toContain("\n| ::error file=x::boo");
  });
});

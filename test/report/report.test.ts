import { beforeAll, describe, expect, it } from "vitest";
import { failureText } from "../../src/report/failure-text.ts";
import { printReport } from "../../src/report/formats.ts";
import { ReportError, parseRecord, makeReports } from "../../src/report/read.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { selectScenarios } from "../../src/suites/client/select/select.ts";
import type { Verdict } from "../../src/suites/model/verdict.ts";
import { type RecordLine, type TraceRecord, traceRecord } from "../../src/suites/record/record.ts";
import { referenceDriver } from "../mutants/reference.ts";

/** A run with a fail, a warning, a hang that is watched, passes and a skip. */
let lines: RecordLine[];
beforeAll(async () => {
  const scenarios = selectScenarios({
    only: [
      "stream/ogl-error-midway-unframed",
      "stream/clean-eof-midway",
      "url/*",
      "sse/utf8-split",
      "retry/bounded",
    ],
  });
  lines = [
    {
      run: {
        record: 2,
        gatetape: "0.1.0",
        ogl: "0.4.5",
        client: { name: "<client> & co", version: "1" },
        startedAt: "2026-11-21T00:00:00.000Z",
        scenarios: scenarios.length,
      },
    },
  ];
  const driver = { ...referenceDriver("eof-is-done"), client: { name: "<client> & co", version: "1" } };
  await runScenarios(
    { ...driver, capabilities: [] },
    {
      scenarios,
      onVerdict: (verdict, scenario, trace) => {
        if (trace && verdict.result !== "pass") lines.push({ trace: traceRecord(scenario, verdict, trace) });
        lines.push({ verdict });
      },
    },
  );
  lines.push({ end: { ms: 10, exitCode: 1, problems: ["known.txt: line 1: a/b passes now"] } });
});

const only = <K extends string>(key: K): unknown[] => lines.flatMap((line) => (key in line ? [line] : []));
const traceOf = (id: string): TraceRecord => {
  const found = lines.find((line) => "trace" in line && line.trace.scenario === id);
  if (found === undefined || !("trace" in found)) throw new Error(`no trace of ${id}`);
  return found.trace;
};
const verdictOf = (id: string): Verdict => {
  const found = lines.find((line) => "verdict" in line && line.verdict.scenario === id);
  if (found === undefined || !("verdict" in found)) throw new Error(`no verdict of ${id}`);
  return found.verdict;
};

describe("the record", () => {
  it("has a trace before each verdict that is no pass, and none for a pass", () => {
    expect(only("verdict")).toHaveLength(7);
    expect(only("trace")).toHaveLength(2);
    const next = lines.flatMap((line, i) => ("trace" in line ? [[line.trace.scenario, lines[i + 1]]] : []));
    expect(next).toEqual(
      next.map(([id]) => [id, { verdict: expect.objectContaining({ scenario: id }) as unknown }]),
    );
  });

  it("reads as it was written, and without what a crash has cut off", () => {
    const text = printReport("ndjson", lines);
    expect(parseRecord(text, "r.ndjson")).toEqual(JSON.parse(JSON.stringify(lines)));
    const cut = text.slice(0, text.lastIndexOf('{"end"') + 10);
    expect(parseRecord(cut, "r.ndjson")).toHaveLength(lines.length - 1);
    expect(makeReports(parseRecord(cut, "r.ndjson"))[0]?.complete).toBe(false);
    expect(makeReports(lines)[0]?.complete).toBe(true);
  });

  it.each(['{"run":1}\nnot json\n', '{"run":1}\n{"other":1}\n', "[]\n"])("refuses %j", (text) => {
    expect(() => parseRecord(text, "r.ndjson")).toThrow(ReportError);
  });

  it("keeps bytes that are no text as hex, and leaves out the middle of what is long", async () => {
    const [record] = await recordsOf("decode-per-packet", "sse/utf8-split");
    const writes = record?.exchanges[0]?.answer.writes ?? [];
    expect(writes.some((write) => write?.hex === "c3")).toBe(true);
    const [many] = await recordsOf("event-limit", "chunk/many");
    expect(many?.exchanges[0]?.answer.writes).toHaveLength(201);
    expect(many?.exchanges[0]?.answer.writes?.[100]).toBeNull();
    expect(many?.exchanges[0]?.delivered.writes).toBe(10_003);
    const [huge] = await recordsOf("line-limit", "sse/huge-event");
    expect(JSON.stringify(huge).length).toBeLessThan(20_000);
  });
});

async function recordsOf(
  mutant: "decode-per-packet" | "event-limit" | "line-limit",
  id: string,
): Promise<TraceRecord[]> {
  const records: TraceRecord[] = [];
  await runScenarios(referenceDriver(mutant), {
    scenarios: selectScenarios({ only: [id] }),
    onVerdict: (verdict, scenario, trace) =>
      void (trace && records.push(traceRecord(scenario, verdict, trace))),
  });
  return records;
}

describe("a failure in words", () => {
  it("has the request, what was sent as a timeline, what was surfaced, why it matters and the command", () => {
    const id = "stream/ogl-error-midway-unframed";
    const text = failureText(verdictOf(id), traceOf(id), `gatetape client --only ${id} -- ./adapter`);
    expect(text.replaceAll(/ +\d+ ms/g, " N ms")).toMatchInlineSnapshot(`
      "FAIL  stream/ogl-error-midway-unframed
        the server: two deltas, then OGL's raw {"detail": "Model is too busy …"} without "data:", and a clean end
        MUST  silent-loss: the answer was cut short, and the client does not report it; the client surfaced text "Hello, wor", finish reason null
        not observable: message

       N ms  > POST /v1/chat/completions
                   > {"model":"ok","messages":[{"role":"user","content":"hi"}],"stream":true}
                   < 200 OK (text/event-stream; charset=utf-8)
       N ms     192 B  chunk: role "assistant", content ""
       N ms     179 B  chunk: content "Hello,"
       N ms     177 B  chunk: content " wor"
       N ms      78 B  (no line end) {"detail": "Model is too busy (RemoteProtocolError), please try again later."}
       N ms  [complete, by the server]

       N ms  surfaced by chat.stream: {"final":{"text":"Hello, wor","toolCalls":[]},"events":3}
        why it matters: Half an answer is taken for a whole one: OGL tells of a dead upstream in bytes that are no event, so a client that only reads events sees nothing of it.
        run only this: gatetape client --only stream/ogl-error-midway-unframed -- ./adapter
      "
    `);
  });
});

describe("reports", () => {
  it("as JSON have all clients with their counts", () => {
    const { clients } = JSON.parse(printReport("json", lines)) as {
      clients: { counts: object; subject: string }[];
    };
    expect(clients).toMatchObject([
      { subject: "<client> & co 1", complete: true, counts: { fail: 1, warn: 1, skipped: 1, pass: 4 } },
    ]);
  });

  it("as JUnit are XML with a case a scenario", () => {
    const xml = printReport("junit", lines);
    expect(xml).toContain(
      '<testsuite name="&lt;client&gt; &amp; co 1" tests="8" failures="2" errors="0" skipped="1"',
    );
    expect(xml.match(/<testcase /g)).toHaveLength(8);
    expect(xml).toContain('<failure type="problem" message="known.txt: line 1: a/b passes now">');
    expect(xml).toMatch(/<failure type="fail" message="the answer was cut short/);
    // No bare special characters, and every element is closed.
    expect(xml.replaceAll(/&(?:amp|lt|gt|quot);/g, "")).not.toMatch(/&/);
    const open = [...xml.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)].reduce(
      (depth, [, close, , alone]) => depth + (close === "/" ? -1 : alone === "/" ? 0 : 1),
      0,
    );
    expect(open).toBe(0);
  });

  it.each(["inconclusive", "not-observable", "known"] as const)(
    "as JUnit show the bytes and the command of a verdict that is %s",
    (result) => {
      const rerun = { before: "gatetape client", after: "-- ./adapter" };
      const changed = lines.map((line): RecordLine => {
        if ("run" in line) return { run: { ...line.run, rerun } };
        const isWarn = "verdict" in line && line.verdict.result === "warn";
        return isWarn ? { verdict: { ...line.verdict, result, reason: "that is why" } } : line;
      });
      const cases = printReport("junit", changed).split("<testcase ");
      const shown = cases.find((text) => text.startsWith('name="clean-eof-midway"')) ?? "";
      expect(shown).toContain('<skipped message="');
      expect(shown).toContain(`${result.toUpperCase()}  stream/clean-eof-midway`);
      expect(shown).toContain("reason: that is why");
      expect(shown).toContain("&gt; POST /v1/chat/completions");
      expect(shown).toContain("run only this: gatetape client --only stream/clean-eof-midway -- ./adapter");
    },
  );

  it("of a run that was cut short fail, and say so", () => {
    const cut = lines.filter(
      (line) => !("end" in line) && !("verdict" in line && line.verdict.result === "fail"),
    );
    const why = "the run was cut short: verdicts are missing";
    expect(printReport("junit", cut)).toContain(`<failure type="problem" message="${why}">`);
    expect(printReport("github", cut)).toContain(`::error title=<client> & co 1::${why}\n`);
    expect(JSON.parse(printReport("badge", cut))).toMatchObject({
      message: "incomplete",
      color: "lightgrey",
    });
    expect(printReport("markdown", cut)).toContain(`**The run was cut short: verdicts are missing.**`);
  });

  it("as JUnit hold no character that XML can't", () => {
    const verdict: Verdict = {
      ...verdictOf("stream/clean-eof-midway"),
      result: "fail",
      findings: [{ check: "text", needs: "outcome", level: "must", message: "a\u0000b\u001b[31m\ud800c" }],
    };
    expect(printReport("junit", [{ verdict }])).toContain("a\\u0000b\\u001b[31m\\ufffdc");
  });

  it("as Markdown have a table and the bytes, in fences that hold", () => {
    const page = printReport("markdown", lines);
    expect(page).toContain("# &lt;client&gt; &amp; co 1\n\n7 scenarios: 1 fail, 1 warn, 1 skipped, 4 pass.");
    expect(page).toContain("| fail | must | stream/ogl-error-midway-unframed | the answer was cut short");
    expect(page).toContain('(no line end) {"detail"');
    expect(page).toContain("known.txt: line 1: a/b passes now");
    expect(page.match(/^```$/gm)).toHaveLength(4);
  });

  it("for GitHub are annotations, one line each", () => {
    const text = printReport("github", lines);
    expect(text.trimEnd().split("\n")).toHaveLength(4);
    expect(text).toMatch(
      /^::error title=<client> & co 1%3A stream\/ogl-error-midway-unframed::silent-loss: /,
    );
    expect(text).toContain("::warning title=");
    expect(text).toContain("::notice title=<client> & co 1::7 scenarios: 1 fail, 1 warn, 1 skipped, 4 pass");
  });

  it("of shards are one, the later of two verdicts counting", () => {
    const again: RecordLine = { verdict: { ...verdictOf("url/base-path-joining"), result: "fail" } };
    const [report] = makeReports([...lines, again]);
    expect(report?.verdicts).toHaveLength(7);
    expect(report?.verdicts.find(({ scenario }) => scenario === "url/base-path-joining")?.result).toBe(
      "fail",
    );
  });
});

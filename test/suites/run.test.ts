import { describe, expect, it } from "vitest";
import { text, usageSent } from "../../src/suites/checks/content.ts";
import { error } from "../../src/suites/checks/errors.ts";
import { requests } from "../../src/suites/checks/wire.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import { completion, json } from "../../src/suites/client/scenarios/scripts.ts";
import { selectScenarios } from "../../src/suites/client/select/select.ts";
import { type ClientRun, type Driver, Skip } from "../../src/suites/model/driver.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";
import { type Scenario, defineScenario } from "../../src/suites/model/scenario.ts";
import type { Verdict } from "../../src/suites/model/verdict.ts";
import { referenceDriver } from "../mutants/reference.ts";
import { scaled } from "../support/scaled.ts";

/** Quick ones of every area. */
const SOME = selectScenarios({ only: ["url/*", "tools/*", "error/ogl*", "models/*", "conn/*"] });

function scenario(more: Partial<Scenario> = {}): Scenario {
  return {
    ...defineScenario({
      id: "t/one",
      title: "an answer",
      level: "must",
      tier: 1,
      why: "",
      evidence: [],
      call: { operation: "chat.create" },
      answers: json(completion({ content: "hello" })),
      checks: [text("hello")],
    }),
    ...more,
  };
}

function driver(run: Driver["run"], more: Partial<Driver> = {}): Driver {
  return {
    client: { name: "tested", version: "1" },
    operations: ["chat.create"],
    capabilities: [],
    run,
    ...more,
  };
}

async function ask({ baseUrl, params }: ClientRun): Promise<Outcome> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify(params),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return { final: { text: choices[0]?.message.content ?? null } };
}

async function verdictOf(client: Driver, played: Scenario): Promise<Verdict> {
  const [verdict] = await runScenarios(client, { scenarios: [played] });
  if (verdict === undefined) throw new Error("no verdict");
  return verdict;
}

const brief = ({ result, findings }: Verdict): unknown => [result, ...findings.map(({ check }) => check)];

describe("runScenarios", () => {
  it("comes to the same verdicts with one job and with eight, each time", async () => {
    const verdicts = async (jobs: number): Promise<string[]> =>
      (await runScenarios(referenceDriver("glued-by-index"), { scenarios: SOME, jobs })).map(
        ({ scenario: id, result }) => `${id} ${result}`,
      );
    const first = await verdicts(1);
    expect(first.filter((line) => !line.endsWith(" pass"))).toEqual(["tools/same-index-different-id warn"]);
    for (let i = 0; i < scaled(20); i++) expect(await verdicts(8)).toEqual(first);
  });

  it("gives verdicts in the order of the scenarios", async () => {
    const verdicts = await runScenarios(referenceDriver(), { scenarios: SOME, jobs: 8 });
    expect(verdicts.map(({ scenario: id }) => id)).toEqual(SOME.map(({ id }) => id));
  });

  describe("of scenarios that measure time", () => {
    const timed = (id: string, timing = true): Scenario =>
      scenario({ id, timing, answers: json(completion({ content: "hello" }), { wait: 20 }) });

    it("plays several beside each other, and no other beside one", async () => {
      const running = new Set<string>();
      const beside: string[] = [];
      await runScenarios(driver(ask, { concurrency: 8 }), {
        scenarios: [timed("a"), timed("b", false), timed("c"), timed("d", false), timed("e", false)],
        jobs: 8,
        onStart: ({ id }) => {
          running.add(id);
          beside.push([...running].join());
        },
        onVerdict: ({ scenario: id }) => void running.delete(id),
      });
      expect(beside).toEqual(["b", "b,d", "b,d,e", "a", "a,c"]);
    });

    it("plays one that is not right beside others again by itself, and that counts", async () => {
      let running = 0;
      const plays: string[] = [];
      const client = driver(
        async (run) => {
          running++;
          const isAlone = running === 1;
          const outcome = await ask(run);
          running--;
          plays.push(isAlone ? "alone" : "beside others");
          return isAlone ? outcome : { final: { text: "something else" } };
        },
        { concurrency: 8 },
      );
      const right = await runScenarios(client, { scenarios: [timed("a"), timed("b"), timed("c")], jobs: 8 });
      expect(right.map(({ result }) => result)).toEqual(["pass", "pass", "pass"]);
      expect(plays).toEqual(["alone", "beside others", "beside others", "alone", "alone"]);
    });

    it("finds what is wrong by itself, too", async () => {
      let plays = 0;
      const client = driver(
        async (run) => {
          plays++;
          await ask(run);
          return { final: { text: "something else" } };
        },
        { concurrency: 8 },
      );
      const scenarios = [timed("a"), timed("b")];
      const wrong = await runScenarios(client, { scenarios, jobs: 8 });
      expect(wrong.map(({ result }) => result)).toEqual(["fail", "fail"]);
      expect(plays).toBe(4);
      // Nothing is played twice that was alone already.
      await runScenarios(client, { scenarios, jobs: 1 });
      expect(plays).toBe(6);
    });
  });

  it("sends neither the scenario's name nor what is expected", async () => {
    const seen: ClientRun[] = [];
    await verdictOf(
      driver((run) => {
        seen.push(run);
        return ask(run);
      }),
      scenario(),
    );
    expect(JSON.stringify(seen)).not.toMatch(/t\/one|hello/);
  });

  it("tells a client only what it says that it can do", async () => {
    const controls: unknown[] = [];
    const played = scenario({
      capabilities: [],
      calls: [{ operation: "chat.create", params: {}, control: { maxRetries: 0, timeoutMs: 5000 } }],
    });
    const noting: Driver["run"] = (run) => {
      controls.push(run.control);
      return ask(run);
    };
    await verdictOf(driver(noting), played);
    await verdictOf(driver(noting, { capabilities: ["retries", "timeout"] }), played);
    expect(controls).toEqual([{}, { maxRetries: 0, timeoutMs: 5000 }]);
  });

  it("stops early when it is told to", async () => {
    const stop = new AbortController();
    const verdicts = await runScenarios(driver(ask), {
      scenarios: ["a", "b", "c"].map((id) => scenario({ id })),
      signal: stop.signal,
      onVerdict: () => stop.abort(),
    });
    expect(verdicts.map(({ scenario: id }) => id)).toEqual(["a"]);
  });
});

describe("a verdict", () => {
  it("is a pass where all holds", async () => {
    expect(brief(await verdictOf(driver(ask), scenario()))).toEqual(["pass"]);
  });

  it.each([
    ["must", "fail"],
    ["should", "warn"],
    ["may", "tolerated"],
  ] as const)("of a %s that does not hold is %s", async (level, result) => {
    const wrong = driver(async (run) => ({ ...(await ask(run)), final: { text: "hullo" } }));
    expect(brief(await verdictOf(wrong, scenario({ level })))).toEqual([result, "text"]);
  });

  it("is not-observable, never a pass, where the client does not expose what is needed", async () => {
    const mute = driver(async (run) => ({ ...(await ask(run)), final: { text: null } }));
    const verdict = await verdictOf(mute, scenario());
    expect(brief(verdict)).toEqual(["not-observable"]);
    expect(verdict.unseen).toEqual(["text"]);
    const lenient = scenario({ checks: [requests(1), text("hello", { optional: true })] });
    expect(brief(await verdictOf(mute, lenient))).toEqual(["pass"]);
  });

  it("is a fail where nothing is sent, unless the scenario allows a local refusal", async () => {
    const refusing = driver(() => Promise.resolve({ error: { kind: "other", message: "no" } }));
    const verdict = await verdictOf(refusing, scenario({ checks: [error()] }));
    expect(brief(verdict)).toEqual(["fail", "traffic"]);
    expect(verdict.findings[0]?.message).toContain("no request was sent");
    expect(brief(await verdictOf(refusing, scenario({ checks: [error()], localRefusal: true })))).toEqual([
      "pass",
    ]);
  });

  it("is a fail where something else is asked", async () => {
    const lost = driver((run) => ask({ ...run, baseUrl: `${run.baseUrl}/v1` }).catch(() => ({})));
    const verdict = await verdictOf(lost, scenario());
    expect(verdict.findings[0]?.message).toContain("it requested POST /v1/v1/chat/completions");
  });

  it("is a hang where no outcome comes in time, and takes no longer than the deadline and a bit", async () => {
    const hanging = driver(async (run) => {
      await ask(run);
      return new Promise<Outcome>(() => {});
    });
    const verdict = await verdictOf(hanging, scenario({ deadlineMs: 100 }));
    expect(brief(verdict)).toEqual(["hang", "ends"]);
  });

  it("is a fail where the driver throws", async () => {
    const broken = driver(() => Promise.reject(new Error("no such method")));
    const verdict = await verdictOf(broken, scenario());
    expect(verdict.findings).toMatchObject([{ check: "driver", message: "no such method" }]);
  });

  it("is a fail where a client skips what it declares, and skipped where it does not declare it", async () => {
    const moody = driver(() => Promise.reject(new Skip("not today")));
    expect(brief(await verdictOf(moody, scenario()))).toEqual(["fail", "skip"]);
    const reasons = [
      await verdictOf(driver(ask, { operations: [] }), scenario()),
      await verdictOf(driver(ask), scenario({ capabilities: ["timeout"] })),
      await verdictOf(driver(ask), scenario({ environment: { A: "b" } })),
    ];
    expect(reasons.map(({ result, reason }) => [result, reason])).toEqual([
      ["skipped", "the client does not declare the operation chat.create"],
      ["skipped", "the client does not declare the capability timeout"],
      ["skipped", "the scenario needs a process of its own, which this driver cannot start"],
    ]);
  });
});

describe("a part of an answer that the client gives in one scenario", () => {
  const usage = defineScenario({
    ...scenario(),
    id: "t/usage",
    call: { operation: "chat.create" },
    checks: [text("hello"), usageSent({ level: "should" })],
  });
  const others = ["t/first", "t/last"].map((id) => ({ ...usage, id }));
  const giving = (when: (run: ClientRun) => boolean): Driver =>
    driver(async (run) => {
      const { final } = await ask(run);
      const given = { prompt_tokens: 1, completion_tokens: 4, total_tokens: 5 };
      return { final: { ...final, ...(when(run) ? { usage: given } : {}) } };
    });

  it("is lost where it is not given, before it and after it, and that is a warning", async () => {
    const scenarios = [others[0] ?? usage, usage, others[1] ?? usage];
    let n = 0;
    const seen: string[] = [];
    const verdicts = await runScenarios(
      giving(() => ++n === 2),
      { scenarios, jobs: 1, onVerdict: ({ scenario: id, result }) => void seen.push(`${id} ${result}`) },
    );
    expect(verdicts.map(({ result, together }) => [result, together])).toEqual([
      ["warn", ["t/usage"]],
      ["pass", undefined],
      ["warn", ["t/usage"]],
    ]);
    expect(verdicts[0]?.findings).toMatchObject([
      { check: "usage", level: "should", message: expect.stringContaining("lost") as unknown },
    ]);
    expect(seen).toEqual(["t/first pass", "t/usage pass", "t/first warn", "t/last warn"]);
  });

  it("is not exposed where it is never given", async () => {
    const verdicts = await runScenarios(
      giving(() => false),
      { scenarios: [usage, ...others], jobs: 1 },
    );
    expect(verdicts.map(({ result, unseen }) => [result, unseen])).toEqual(
      Array.from({ length: 3 }, () => ["pass", ["usage"]]),
    );
  });

  it("makes a required part that is not there a finding instead of not-observable", async () => {
    let n = 0;
    const moody = driver(async (run) => ({
      ...(await ask(run)),
      ...(++n === 2 ? { final: { text: null } } : {}),
    }));
    const [first, second] = await runScenarios(moody, {
      scenarios: [scenario(), scenario({ id: "t/two" })],
      jobs: 1,
    });
    expect([first?.result, second?.result]).toEqual(["pass", "fail"]);
  });
});

describe("a client without a word for a parameter", () => {
  it.each([
    ["n", { n: 2 }],
    ["tools", { tools: [] }],
    ["tools", { tool_choice: "auto" }],
    ["streamOptions", { stream_options: {} }],
  ] as const)("is not asked for what needs the capability %s", async (capability, params) => {
    const { capabilities: _, calls: __, ...rest } = scenario();
    const played = defineScenario({ ...rest, call: { operation: "chat.create", params } });
    const without = await verdictOf(driver(ask), played);
    expect([without.result, without.reason]).toEqual([
      "skipped",
      `the client does not declare the capability ${capability}`,
    ]);
    const having = await verdictOf(driver(ask, { capabilities: [capability] }), played);
    expect(having.result).toBe("pass");
  });
});

describe("a session", () => {
  it("is one for all calls of a scenario, and is closed", async () => {
    const seen: string[] = [];
    const client = driver(
      (run) => {
        seen.push(`${run.session} ${run.baseUrl}`);
        return ask(run);
      },
      { closeSession: (session) => void seen.push(`closed ${session}`) },
    );
    const call = { operation: "chat.create", params: {} } as const;
    await verdictOf(client, scenario({ calls: [call, call] }));
    expect(seen).toHaveLength(3);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).toBe(`closed ${seen[0]?.split(" ")[0]}`);
  });
});

describe("tier 1", () => {
  it("is passed by the reference client: what a busy machine leaves inconclusive, by itself", async () => {
    const play = async (scenarios: readonly Scenario[], jobs: number): Promise<readonly Scenario[]> => {
      const verdicts = await runScenarios(referenceDriver(), { scenarios, jobs });
      expect(verdicts.filter(({ result }) => result !== "pass" && result !== "inconclusive")).toEqual([]);
      const left = new Set(verdicts.flatMap(({ result, scenario: id }) => (result === "pass" ? [] : [id])));
      return scenarios.filter(({ id }) => left.has(id));
    };
    let left = await play(
      SCENARIOS.filter(({ tier }) => tier === 1),
      8,
    );
    while (left.length > 0) left = await play(left, 1);
  });
});

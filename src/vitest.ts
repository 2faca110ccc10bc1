/**
 * A mock OGL for vitest: one server a test file, one session a test, so that tests run side by side on it.
 *
 * @packageDocumentation
 */
import { dirname, join } from "node:path";
import { afterAll, beforeAll, test as base, describe, expect, type TestAPI } from "vitest";
import {
  type AddedReply,
  type Call,
  type CallFilter,
  type MockOptions,
  type ReplyGiven,
  type ReplyOptions,
  type RunningMock,
  assertReceived,
  assertReceivedTimes,
  startMock,
} from "./mock/index.ts";
import { type CassetteOptions, type CassetteSession, withCassette } from "./recorder/index.ts";
import { failureText } from "./report/index.ts";
import {
  type Driver,
  type FailOn,
  type Scenario,
  type Selection,
  isBad,
  runScenarios,
  selectScenarios,
  traceRecord,
} from "./suites/index.ts";
import type { ExchangeLine } from "./trace/index.ts";

export { type AnsweredBy } from "./exchange/index.ts";
export { type CassetteOptions, type CassetteSession } from "./recorder/index.ts";
export { type Call, type CallFilter } from "./mock/index.ts";
export { type ExchangeLine as JournalEntry } from "./trace/index.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Asserts that the mock has received a request that fits: `expect(mock).toHaveReceived({ model: "qwen3-coder" })`.
     */
    toHaveReceived(filter?: CallFilter): R;
    /** Asserts that the mock has received so many requests that fit. */
    toHaveReceivedTimes(times: number, filter?: CallFilter): R;
  }
}

expect.extend({ toHaveReceived: assertReceived, toHaveReceivedTimes: assertReceivedTimes });

/** The mock with the session of one test. */
export interface SessionMock {
  /** The server that all tests of the file share. */
  readonly server: RunningMock;
  /** The name of this test's session. */
  readonly session: string;
  /** The base URL for a client, with the session in it: `http://127.0.0.1:4010/s/…/v1`. */
  readonly baseUrl: string;
  /**
   * Adds an interaction, a list of them or a cassette, for this test alone.
   * @throws CassetteError with the JSON pointer of the error
   */
  add(json: unknown): number;
  /**
   * Gives a reply to the requests of this test that fit, in JSON and as a stream. The newest reply goes first.
   * @throws ReplyError with the JSON pointer of the mistake
   */
  reply(reply: ReplyGiven, options?: Omit<ReplyOptions, "session">): AddedReply;
  /** The exchanges of this test so far, oldest first. */
  journal(): ExchangeLine[];
  /** The requests of this test so far that fit, oldest first, without their secrets. */
  calls(filter?: Omit<CallFilter, "session">): Call[];
  /**
   * Checks that all that this test has added was played, and that nothing else was answered. With `sessionPerCassette` the
   * cassette of the session's name counts too.
   * @throws PlayedError that names each difference
   */
  expectAllPlayed(): void;
}

/**
 * vitest's `test` with the fixture `mock`, on your own cassettes.
 *
 * @example
 * ```ts
 * const test = mockTest({ cassettes: ["test/cassettes"], speed: Infinity });
 * test("greets", async ({ mock, expect }) => {
 *   const client = new OpenAI({ baseURL: mock.baseUrl, apiKey: "sk-anything" });
 * });
 * ```
 */
export function mockTest(options: MockOptions = {}): TestAPI<{ mock: SessionMock }> {
  return base.extend<{ gatetapeServer: RunningMock; mock: SessionMock }>({
    gatetapeServer: [
      // oxlint-disable-next-line no-empty-pattern -- vitest reads a fixture's needs from this pattern
      async ({}, use) => {
        await using server = await startMock(options);
        await use(server);
      },
      { scope: "file" },
    ],
    mock: async ({ gatetapeServer: server, task }, use) => {
      const session = task.id;
      await use({
        server,
        session,
        baseUrl: server.baseUrl(session),
        add: (json) => server.stubs.add(json, session),
        reply: (reply, given) => server.reply(reply, { ...given, session }),
        calls: (filter) => server.calls({ ...filter, session }),
        expectAllPlayed: () => server.expectAllPlayed(session),
        journal: () => [...server.journal.lines({ session })].map((line) => JSON.parse(line) as ExchangeLine),
      });
      server.resetSession(session);
    },
  }) as unknown as TestAPI<{ mock: SessionMock }>;
}

/**
 * vitest's `test` with the fixture `cassette`: each test has a cassette of its own, named after it, in the folder
 * `cassettes` beside the test file unless `folder` names another.
 *
 * @example
 * ```ts
 * const test = cassetteTest({ upstream: "https://gateway.example/v1", upstreamKey: process.env.OGL_KEY });
 * test("greets", async ({ cassette, expect }) => {
 *   const client = new OpenAI({ baseURL: cassette.baseUrl, apiKey: "sk-anything" });
 * });
 * ```
 */
export function cassetteTest(options: CassetteOptions = {}): TestAPI<{ cassette: CassetteSession }> {
  return base.extend<{ cassette: CassetteSession }>({
    cassette: async ({ task }, use) => {
      const folder = options.folder ?? join(dirname(task.file.filepath), "cassettes");
      await withCassette(suiteNames(task).join(" "), { ...options, folder }, use);
    },
  });
}

/** The names of the suites around a test, and its own. */
function suiteNames(task: { readonly name: string; readonly suite?: Named | undefined }): string[] {
  return [...(task.suite === undefined ? [] : suiteNames(task.suite)), task.name];
}

interface Named {
  readonly name: string;
  readonly suite?: Named | undefined;
}

/** vitest's `test` with the fixture `mock`, on the bundled library without waits. */
export const test: TestAPI<{ mock: SessionMock }> = mockTest({ speed: Infinity });

export interface ScenarioTestOptions extends Selection {
  /** The mildest verdict that fails a test. @default "fail" */
  readonly failOn?: FailOn;
}

/** Time (ms) beyond its deadline that a stopped run has for its open connections. */
const BEYOND_DEADLINE_MS = 20_000;

/**
 * Defines a test for each scenario, which judges a client library in process. Scenarios whose operation or capabilities
 * the client does not declare are skipped.
 *
 * @param driver calls the client; a function is called once, before the first test
 * @example
 * ```ts
 * testScenarios(
 *   {
 *     client: { name: "my-client", version: "1.0.0" },
 *     operations: ["chat.create"],
 *     capabilities: [],
 *     run: async ({ baseUrl, apiKey, params }) => ({ final: { text: await ask(baseUrl, apiKey, params) } }),
 *   },
 *   { only: ["error/*"] },
 * );
 * ```
 */
export function testScenarios(
  driver: Driver | (() => Promise<Driver & Partial<AsyncDisposable>>),
  { failOn = "fail", ...selection }: ScenarioTestOptions = {},
): void {
  describe("OGL client scenarios", () => {
    let client: Driver & Partial<AsyncDisposable>;
    beforeAll(async () => {
      client = typeof driver === "function" ? await driver() : driver;
    });
    afterAll(async () => {
      if (typeof driver === "function") await client[Symbol.asyncDispose]?.();
    });
    for (const scenario of selectScenarios(selection)) {
      const limit = scenario.calls.length * scenario.deadlineMs + BEYOND_DEADLINE_MS;
      // oxlint-disable-next-line vitest/expect-expect -- it fails by what it throws: the bytes behind the verdict
      base(
        // oxlint-disable-next-line vitest/valid-title -- ids of scenarios are strings
        scenario.id,
        async ({ skip }) => {
          const left = await findFailure(client, scenario, failOn);
          if (left?.skipped) skip(left.text);
          if (left !== undefined) throw new Error(left.text);
        },
        limit,
      );
    }
  });
}

async function findFailure(
  driver: Driver,
  scenario: Scenario,
  failOn: FailOn,
): Promise<{ skipped: boolean; text: string } | undefined> {
  let text = "";
  const [verdict] = await runScenarios(driver, {
    scenarios: [scenario],
    onVerdict: (reached, _, trace) => {
      text = failureText(reached, trace && traceRecord(scenario, reached, trace));
    },
  });
  if (verdict === undefined) return { skipped: false, text: "no verdict was reached" };
  const { result, reason = result } = verdict;
  if (result === "skipped" || (result === "inconclusive" && failOn !== "inconclusive"))
    return { skipped: true, text: reason };
  return isBad(verdict, failOn) ? { skipped: false, text } : undefined;
}

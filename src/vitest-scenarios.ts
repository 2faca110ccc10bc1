import { afterAll, beforeAll, describe, test } from "vitest";
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
      test(
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
  if (verdict.result === "skipped") return { skipped: true, text: verdict.reason ?? "skipped" };
  return isBad(verdict, failOn) ? { skipped: false, text } : undefined;
}

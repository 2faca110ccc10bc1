/** Runs of the server suite against mocks of each generation, with a world that knows its keys. */
import type { OglVersion } from "../../../src/openapi/index.ts";
import { type MockOptions, type RunningMock, startMock } from "../../../src/mock/index.ts";
import { parseUpstream } from "../../../src/server/index.ts";
import {
  type Consent,
  type ServerRun,
  type ServerRunOptions,
  runServerSuite,
  selectChecks,
} from "../../../src/suites/index.ts";

export const KEY = "sk-server-suite-of-the-tests";

/** Fault models that the checks of a bad upstream ask for. */
const FAULT_MODELS = [
  "t-die-mid",
  "t-e400",
  "t-s-e400ml",
  "t-u2028",
  "t-comments",
  "t-dataword",
  "t-nodone",
  "t-e429",
  "t-tools",
];

/** A mock that refuses keys that it does not know, and that has gatetape's fault models behind it. */
export function strictMock(ogl: OglVersion, more: MockOptions = {}): Promise<RunningMock> {
  return startMock({
    ...more,
    ogl,
    cassettes: [],
    speed: Infinity,
    world: {
      ogl,
      vectorStore: true,
      models: [
        { id: "chatter", type: "text-generation", aliases: ["org/chatter"], max_context_length: 32_768 },
        { id: "embedder", type: "text-embeddings-inference", dimension: 16 },
        ...FAULT_MODELS.map((id) => ({ id, type: "text-generation" })),
      ],
      keys: [{ key: KEY, name: "tester" }],
    },
  });
}

/** Judges the server at a URL. */
export function judgeUrl(
  url: string,
  consents: readonly Consent[],
  options: Partial<ServerRunOptions> = {},
): Promise<ServerRun> {
  return runServerSuite({
    route: { target: parseUpstream(url) },
    key: KEY,
    signal: new AbortController().signal,
    checks: selectChecks({}),
    consents: new Set(consents),
    maxRequests: 500,
    maxTokens: 50_000,
    timeoutMs: 20_000,
    ...options,
  });
}

/** Results of a run other than passes, by check. */
export function exceptions({ verdicts }: ServerRun): Readonly<Record<string, string>> {
  return Object.fromEntries(
    verdicts.flatMap(({ verdict: { scenario, result } }) => (result === "pass" ? [] : [[scenario, result]])),
  );
}

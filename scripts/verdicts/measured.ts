import { type Explained, type Table, type Verdicts, resultOf } from "./table.ts";

/**
 * What an independent measurement of 2026-11-21 saw: 78 wire cases, served byte by byte, one run each, to openai-node 7.57
 * and its stream helper, AI SDK 7, langchain-js 1.6, openai-python 2.54 and its stream helper, LiteLLM and (no adapter here)
 * LangChain in Python. Only what it says of a client by name is listed.
 */
export interface Measured {
  readonly scenario: string;
  /** In its words. */
  readonly saw: string;
  readonly wrong?: readonly string[];
  readonly right?: readonly string[];
}

const NODE = ["openai-node", "openai-node-helper", "ai-sdk", "langchain-js"];
const PYTHON = ["openai-python", "openai-python-helper", "litellm"];
const SDKS = ["openai-node", "openai-python"];
const HELPERS = ["openai-node-helper", "openai-python-helper"];
const ALL = [...NODE, ...PYTHON];
const LOSES_SILENTLY = ["openai-node", "langchain-js", "openai-python", "litellm"];

export const MEASURED: readonly Measured[] = [
  { scenario: "stream/ogl-error-midway-unframed", saw: "silent loss", wrong: LOSES_SILENTLY },
  { scenario: "stream/truncated-json", saw: "silent loss", wrong: ["openai-python", "litellm"] },
  {
    scenario: "stream/stall-midway",
    saw: "hangs for ever, with a limit of 2.5 s",
    wrong: ["openai-node", "ai-sdk", "langchain-js"],
  },
  { scenario: "stream/stall-with-comments", saw: "hangs", wrong: NODE },
  { scenario: "stream/error-object-midway", saw: "raises it", right: ALL },
  { scenario: "stream/error-event-midway", saw: "raises it", right: ALL },
  { scenario: "stream/malformed-event", saw: "raises", right: ALL },
  { scenario: "stream/reset-midway", saw: "raises", right: ALL },
  { scenario: "stream/missing-done", saw: "succeeds", right: ALL },
  { scenario: "stream/done-then-open", saw: "waits for the socket", wrong: ["ai-sdk"] },
  { scenario: "stream/garbage-after-done", saw: "throws", wrong: ["ai-sdk"] },
  { scenario: "sse/utf8-split", saw: "gives the exact text", right: ALL },
  { scenario: "sse/blank-after-comment-with-id", saw: "a decode error", wrong: PYTHON },
  { scenario: "sse/bom", saw: "the first event is lost", wrong: PYTHON },
  {
    scenario: "sse/eof-no-blank-line",
    saw: "the text is lost without a word",
    wrong: ["openai-python", "openai-python-helper"],
  },
  { scenario: "sse/eof-no-blank-line", saw: "throws, which is allowed", right: ["ai-sdk"] },
  {
    scenario: "sse/empty-event",
    saw: "throws",
    wrong: ["openai-node", "openai-node-helper", "langchain-js", ...PYTHON],
  },
  { scenario: "sse/empty-event", saw: "dispatches nothing", right: ["ai-sdk"] },
  { scenario: "sse/unknown-fields", saw: "throws", wrong: PYTHON },
  { scenario: "sse/ping-event-with-data", saw: "throws", wrong: ["ai-sdk", "openai-node-helper"] },
  { scenario: "sse/empty-data", saw: "throws", wrong: ALL },
  { scenario: "chunk/finish-reason-absent", saw: "throws", wrong: ["openai-node-helper", "ai-sdk"] },
  { scenario: "chunk/delta-missing", saw: "throws", wrong: ["openai-python-helper"] },
  { scenario: "chunk/choice-index-missing", saw: "throws", wrong: HELPERS },
  { scenario: "tools/interleaved-by-index", saw: "joins by index", right: ALL },
  { scenario: "tools/index-missing", saw: "throws", wrong: HELPERS },
  { scenario: "tools/starts-at-1", saw: "throws", wrong: HELPERS },
  {
    scenario: "tools/id-and-name-repeated",
    saw: 'the name becomes "fff"',
    wrong: ["openai-python-helper"],
  },
  { scenario: "body/json-for-stream", saw: "an empty success", wrong: LOSES_SILENTLY },
  { scenario: "error/empty-body-500", saw: "the message loses the status", wrong: ["ai-sdk"] },
  {
    scenario: "error/string-error",
    saw: "drops the message",
    wrong: ["openai-python", "openai-python-helper"],
  },
  {
    scenario: "error/string-error-midway",
    saw: "drops the message",
    wrong: ["openai-python", "openai-python-helper"],
  },
  { scenario: "retry/429-retry-after-seconds", saw: "waits", right: SDKS },
  { scenario: "retry/429-retry-after-long", saw: "comes again after 548 ms", wrong: ["openai-node"] },
  { scenario: "retry/429-retry-after-long", saw: "does not come early", right: ["openai-python"] },
  { scenario: "retry/no-replay-after-first-token", saw: "sends once", right: SDKS },
  { scenario: "retry/retry-after-date", saw: "waits 2 to 2.6 s of 3", right: SDKS },
  { scenario: "retry/connection-lost-before-headers", saw: "one retry", right: SDKS },
  { scenario: "cancel/early-break", saw: "closes the connection", right: ["openai-node"] },
  { scenario: "cancel/early-break", saw: "does not close on a plain break", wrong: ["openai-python"] },
  { scenario: "http/content-type-charset", saw: "reads UTF-8", right: ALL },
  { scenario: "http/redirect-307", saw: "keeps method and body", right: SDKS },
  { scenario: "embeddings/as-asked", saw: "decodes floats and base64", right: SDKS },
  { scenario: "models/created-null", saw: "lists it", right: SDKS },
];

/** A cell in which the verdict is not what was measured. */
export interface Difference {
  readonly scenario: string;
  readonly adapter: string;
  readonly saw: string;
  readonly wasWrong: boolean;
}

/** The cells of the adapters at hand in which verdict and measurement do not say the same. */
export function differencesOf(adapters: Table["adapters"]): Difference[] {
  return MEASURED.flatMap(({ scenario, saw, wrong = [], right = [] }) =>
    [
      ...wrong.map((adapter) => ({ scenario, adapter, saw, wasWrong: true })),
      ...right.map((adapter) => ({ scenario, adapter, saw, wasWrong: false })),
    ].filter(({ adapter, wasWrong }) => differs(adapters[adapter]?.verdicts, scenario, wasWrong)),
  );
}

function differs(verdicts: Verdicts | undefined, scenario: string, wasWrong: boolean): boolean {
  if (verdicts === undefined) return false;
  const result = resultOf(verdicts, scenario);
  const isWrong = result === "hang" || result === "fail" || result === "warn" || result === "tolerated";
  return wasWrong ? !isWrong : result !== "pass";
}

/** What explained.json lacks, and what it has without need. */
export function explanationProblems(differences: readonly Difference[], explained: Explained): string[] {
  const has = (scenario: string, adapter: string): boolean =>
    differences.some((one) => one.scenario === scenario && one.adapter === adapter);
  const summary = (scenario: string, adapter: string): boolean =>
    explained.differences.some((one) => one.scenario === scenario && one.adapters.includes(adapter));
  return [
    ...differences
      .filter(({ scenario, adapter }) => !summary(scenario, adapter))
      .map(({ scenario, adapter, saw }) => `${adapter} ${scenario}: measured was "${saw}"; say who is right`),
    ...explained.differences.flatMap(({ scenario, adapters }) =>
      adapters
        .filter((adapter) => !has(scenario, adapter))
        .map((adapter) => `${adapter} ${scenario}: there is no difference to be explained any more`),
    ),
  ];
}

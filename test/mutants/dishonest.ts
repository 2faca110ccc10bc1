/** Clients that make each call well and say nothing true of it: what they pass shows what checks take for granted. */
import { runScenarios } from "../../src/suites/client/run.ts";
import type { ClientRun, Driver } from "../../src/suites/model/driver.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";
import type { Scenario } from "../../src/suites/model/scenario.ts";
import { referenceDriver } from "./reference.ts";

export type Dishonest = "liar" | "mute" | "parrot";

const SURFACED: Readonly<Record<Dishonest, (run: ClientRun) => Outcome>> = {
  liar: () => ({ error: { kind: "other", message: "TypeError: Cannot read properties of undefined" } }),
  mute: () => ({}),
  parrot: requestOf,
};

export interface Exposed {
  readonly does: string;
  /** The only scenarios that it passes: an error is right there, or only its requests are looked at. */
  readonly passes: readonly string[];
}

/** For the kill matrix. */
export const DISHONEST: Readonly<Record<Dishonest, Exposed>> = {
  liar: {
    does: "always raises the same error",
    passes: [
      "body/html-for-stream",
      "body/json-for-stream",
      "body/ogl-json-for-stream",
      "body/sse-for-json",
      "cancel/before-first-byte",
      "error/connection-refused",
      "error/ogl-u2028-cut",
      "http/authorization",
      "models/id-with-dots",
      "request/schema-valid",
      "retry/429-retry-after-long",
      "retry/ogl-429-no-retry-after",
      "retry/ogl-503-retry-after",
      "retry/zero-means-once",
      "sse/data-comment",
      "sse/eof-no-blank-line",
      "stream/cut-inside-tool-arguments",
      "stream/malformed-event",
      "tools/same-index-different-id",
    ],
  },
  mute: {
    does: "surfaces nothing",
    // It is still waiting when the runner stops watching the last one.
    passes: ["http/authorization", "request/schema-valid", "retry/ogl-503-retry-after"],
  },
  parrot: {
    does: "surfaces its request as the answer",
    passes: ["http/authorization", "request/schema-valid", "retry/ogl-503-retry-after"],
  },
};

/** The reference client, with what it surfaces replaced. */
export function dishonestDriver(name: Dishonest): Driver {
  const reference = referenceDriver();
  return {
    ...reference,
    client: { name, version: "1.0.0" },
    run: async (run, signal) => {
      await reference.run(run, signal);
      return SURFACED[name](run);
    },
  };
}

function requestOf({ operation, params }: ClientRun): Outcome {
  const { messages, model, input, tools } = params as {
    messages?: readonly { content: string }[];
    model?: string;
    input?: readonly string[];
    tools?: readonly { function: { name: string } }[];
  };
  if (operation === "models.list") return { models: [] };
  if (operation === "models.get") return { model: { id: model } };
  if (operation === "embeddings.create") return { embeddings: (input ?? []).map((text) => [text.length]) };
  const toolCalls = (tools ?? []).map(({ function: { name } }) => ({ id: "call_1", name, arguments: "{}" }));
  return {
    final: {
      text: messages?.[0]?.content ?? "",
      toolCalls,
      finishReason: "stop",
      usage: {},
      model: model ?? null,
    },
  };
}

/** Ids of the scenarios that it passes, in order. */
export async function passedBy(name: Dishonest, scenarios: readonly Scenario[]): Promise<string[]> {
  const verdicts = await runScenarios(dishonestDriver(name), { scenarios, jobs: 8 });
  return verdicts.flatMap(({ scenario, result }) => (result === "pass" ? [scenario] : [])).toSorted();
}

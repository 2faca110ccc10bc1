/** Laws of the catalogue of scenarios. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Script } from "../../src/http/script.ts";
import { planOf } from "../../src/http/sink-plan.ts";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import { sseEvents, decodeSse } from "../../src/http/sse.ts";
import { writesOf } from "../../src/http/script.ts";
import { FORMER_IDS } from "../../src/suites/client/select/select.ts";
import { PROFILES } from "../../src/suites/client/select/profiles.ts";
import { readCaptures } from "../support/captures.ts";

const ids = SCENARIOS.map(({ id }) => id);

interface FirstChoice {
  readonly delta?: { readonly role?: string };
}

const isList = (answers: object): answers is readonly Script[] => Array.isArray(answers);

/** The first choice of a stream's chunks; `undefined` if it has none. */
function firstChoice(writes: Iterable<Uint8Array>): FirstChoice | undefined {
  const events = sseEvents(decodeSse(Buffer.concat([...writes])));
  for (const { data } of events) {
    const { choices = [] } = parsed(data);
    if (choices[0] !== undefined) return choices[0];
  }
  return undefined;
}

function parsed(data: string): { choices?: FirstChoice[] } {
  try {
    return JSON.parse(data) as { choices?: FirstChoice[] };
  } catch {
    return {};
  }
}

/** Row by row what tier 1 of the catalogue of findings demands; a row may be several scenarios. */
const TIER_1: readonly (readonly string[])[] = [
  ["stream/ogl-error-midway-unframed"],
  ["stream/clean-eof-midway"],
  ["stream/truncated-json"],
  ["stream/stall-midway"],
  ["stream/stall-with-comments"],
  ["stream/error-object-midway"],
  ["stream/error-event-midway"],
  ["sse/utf8-split"],
  ["sse/frame-split-every-byte", "sse/all-in-one-write"],
  ["chunk/empty-choices"],
  ["chunk/usage-only-last"],
  ["retry/429-retry-after-seconds"],
  ["retry/429-retry-after-long"],
  ["retry/no-replay-after-first-token"],
  ["cancel/early-break"],
  ["tools/interleaved-by-index"],
  ["tools/same-index-different-id"],
  ["sse/blank-after-comment-with-id"],
  ["sse/comments"],
  ["sse/crlf", "sse/crlf-split"],
  ["sse/data-no-space"],
  ["sse/unicode-separators"],
  ["stream/missing-done"],
  ["stream/done-then-open"],
  ["error/detail-string"],
  ["error/detail-list-422"],
  ["url/base-path-joining", "url/base-trailing-slash", "url/base-path-prefix"],
];

describe("the scenarios", () => {
  it("are many, each with an id of its own", () => {
    console.log(
      `${SCENARIOS.length} scenarios with ${SCENARIOS.flatMap(({ checks }) => checks).length} checks, ` +
        `${SCENARIOS.filter(({ tier }) => tier === 1).length} of tier 1, ${SCENARIOS.filter(({ timing }) => timing).length} timed`,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+\/[a-z0-9.-]+$/.test(id))).toEqual([]);
  });

  it("have all 27 rows of tier 1", () => {
    expect(TIER_1).toHaveLength(27);
    const tierOne = new Set(SCENARIOS.filter(({ tier }) => tier === 1).map(({ id }) => id));
    expect(TIER_1.flat().filter((id) => !tierOne.has(id))).toEqual([]);
  });

  it("say why they matter and where they were seen", () => {
    expect(SCENARIOS.filter(({ why, evidence }) => why.length < 20 || evidence.length === 0)).toEqual([]);
  });

  it("name only captures that there are as observed", () => {
    const known = new Set(readCaptures().map(({ name }) => name));
    const unknown = SCENARIOS.flatMap(({ id, evidence }) =>
      evidence
        .filter((line) => line.startsWith("observed "))
        .flatMap((line) => (/: (.*)$/.exec(line)?.[1] ?? "nothing").split(", "))
        .filter((name) => !known.has(name))
        .map((name) => `${id}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it("have checks, of one name each", () => {
    const wrong = SCENARIOS.filter(
      ({ checks }) => checks.length === 0 || new Set(checks.map(({ id }) => id)).size !== checks.length,
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("begin each stream with the role, but for the one without a role", () => {
    const chunks = SCENARIOS.filter(({ calls }) => calls.at(-1)?.operation === "chat.stream").flatMap(
      ({ id, answers }) => {
        const first = firstChoice(
          typeof answers === "function" || isList(answers) ? [] : writesOf(answers.ops, 1),
        );
        return first === undefined || id === "chunk/role-missing" ? [] : [[id, first.delta?.role] as const];
      },
    );
    expect(chunks.length).toBeGreaterThan(70);
    expect(chunks.filter(([, role]) => role !== "assistant")).toEqual([]);
  });

  it("look at finish reason and usage wherever a whole answer comes", () => {
    const without = SCENARIOS.filter(
      ({ checks, calls }) =>
        calls.at(-1)?.operation.startsWith("chat.") &&
        checks.some(({ id }) => id === "text" || id === "tool-calls") &&
        !["finish-reason", "usage"].every((id) => checks.some((check) => check.id === id)),
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it("need at least one check that every client can be held to", () => {
    expect(
      SCENARIOS.filter(({ checks }) => checks.every(({ optional }) => optional)).map(({ id }) => id),
    ).toEqual([]);
  });

  it("are played alone where they stop watching or set a limit of time", () => {
    const wrong = SCENARIOS.filter(
      ({ timing, stopAfterMs, calls }) =>
        !timing &&
        (stopAfterMs !== undefined || calls.some(({ control }) => control?.timeoutMs !== undefined)),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("give a client more time than it needs to run into its own limit", () => {
    const wrong = SCENARIOS.filter(({ deadlineMs, calls }) =>
      calls.some(({ control }) => (control?.timeoutMs ?? 0) * 3 > deadlineMs),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("have scripts that a sink can play", () => {
    const scripts = SCENARIOS.flatMap(({ answers }) =>
      typeof answers === "function" ? [] : Array.isArray(answers) ? answers : [answers],
    );
    expect(scripts.length).toBeGreaterThan(100);
    for (const script of scripts) expect(planOf(script, false).steps.at(-1)?.op).toBe("end");
  });
});

describe("the profiles", () => {
  it.each(Object.entries(PROFILES))("%s names scenarios that there are or were, each once", (_, listed) => {
    expect(listed.filter((id) => !ids.includes(id) && !(id in FORMER_IDS))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it("are frozen", () => {
    const hash = (list: readonly string[]): string =>
      createHash("sha256").update(list.join("\n")).digest("hex").slice(0, 16);
    expect(Object.entries(PROFILES).map(([name, list]) => [name, list.length, hash(list)])).toEqual([
      ["tier-1-2026", 35, "686e4d52ff4e140b"],
      ["ogl-2026", 44, "5c615adcda115949"],
    ]);
  });
});

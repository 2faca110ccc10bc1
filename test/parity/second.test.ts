/** A second set of captures of a real 0.4.1, with another world: 374 requests of kinds that the first set does not have. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Capture, converse, readCaptures } from "../support/captures.ts";
import { differences } from "../support/parity.ts";

const world = fileURLToPath(new URL("../captures/second/world.json", import.meta.url));

/** Captures that a mock can't repeat, by the reason. */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  "an upstream decides":
    /-up2?-|-new-|^stream-(?:two-turns|include|odd|stream-1|max-tokens)|^(?:chat-(?:logprobs-yes|stream-float)|emb-dims-huge|rerank-docs-empty|budget-mid-stream|limit-rpd1-1)$/,
  "a series of which the captures lack the beginning":
    /^(?:limit-tpm-(?:4-small|emb-tok)|budget-mid-loop-[56])$/,
  "the state of that gateway":
    /^(?:admin-(?:routers|users)-404|admin-orgs-empty|limit-rpm3-me|me-(?:patch-email-bad|key-create-ok|usage-dates|usage-ep-enc)|misc-(?:collections-del|login-bad)|emb-no-provider)$/,
};
const captures = readCaptures("second/");
const reasonOf = ({ name }: Capture): string | undefined =>
  Object.keys(LEFT_OUT).find((reason) => LEFT_OUT[reason]?.test(name));

describe("the second set of captures, in its own world", () => {
  let mock: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ world, ogl: "0.4.1", speed: Infinity });
  });
  afterAll(() => mock.close());

  const answer = async ({ request, response, end }: Capture): Promise<string[]> => {
    const closes = end.includes("EOF");
    const answered = await converse(mock.port, request, { closes });
    const found = differences(response, answered.bytes);
    if (answered.closed !== closes) found.push(`connection: real ${end}, got closed ${answered.closed}`);
    return found;
  };

  // All are asked, in the order of the files, since they share limits and budgets; those left out are not compared.
  it.each(captures.map((capture) => [capture.name, capture] as const))("%s", async (_, capture) => {
    const found = await answer(capture);
    expect(reasonOf(capture) === undefined ? found : []).toEqual([]);
  });
});

it("leaves out no more than it says", () => {
  const count = (reason: string | undefined): number =>
    captures.filter((capture) => reasonOf(capture) === reason).length;
  expect([captures.length, ...[undefined, ...Object.keys(LEFT_OUT)].map(count)]).toEqual([
    374, 314, 45, 4, 11,
  ]);
});

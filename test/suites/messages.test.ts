/** Messages of the adapter protocol: both sides keep to the schema. */
import { describe, expect, it } from "vitest";
import { type FromRunner, parseMessage, printMessage } from "../../src/suites/client/adapter/messages.ts";

describe("the runner", () => {
  it("prints its messages one a line", () => {
    expect(printMessage({ cancel: { id: "r1" } })).toBe('{"cancel":{"id":"r1"}}\n');
  });

  it("refuses a message of its own that the schema does not have", () => {
    const wrong = { cancel: { id: 1 } } as unknown as FromRunner;
    expect(() => printMessage(wrong)).toThrow(/gatetape's own message is wrong: \/cancel\/id must be string/);
  });

  it.each([
    ["{", /is not JSON/],
    ['{"hello":{"protocol":1}}', /must have required property/],
    ['{"result":{"id":"r1","outcome":{"events":"3"}}}', /\/result\/outcome\/events must be integer,null/],
  ])("refuses %s of an adapter", (line, expected) => {
    expect(() => parseMessage(line)).toThrow(expected);
  });
});

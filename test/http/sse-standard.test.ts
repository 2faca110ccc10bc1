import { createParser } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import { decodeSse, sseEvents } from "../../src/http/sse.ts";

const dataOf = (text: string): string[] => sseEvents(decodeSse(Buffer.from(text))).map(({ data }) => data);

function parserData(text: string): string[] {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  parser.feed(text);
  return data;
}

describe("where eventsource-parser and the WHATWG text differ", () => {
  it("the characters of a BOM read as latin-1 begin a field name, which the parser removes and we keep", () => {
    const text = "ï»¿data: a\n\ndata: b\n\n";
    expect(parserData(text)).toEqual(["a", "b"]);
    expect(dataOf(text)).toEqual(["b"]);
  });

  it("only one BOM is removed", () => {
    expect(dataOf("\ufeff\ufeffdata: a\n\ndata: b\n\n")).toEqual(["b"]);
    expect(dataOf("\ufeffdata: a\n\n")).toEqual(["a"]);
  });
});

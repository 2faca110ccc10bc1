import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Capture, type Parsed, ask, parseResponse, readCaptures } from "../support/captures.ts";
import { temporaryFolder } from "../support/tmp.ts";

/**
 * These are not one well-formed HTTP/1.1 request, so that no cassette can hold them: unknown method, bytes that are no
 * HTTP, the HTTP/2 preface, bare LF, a missing Host, two requests at once, and a body that is held back until the server
 * says so. What the mock answers to them is held in world.test.ts.
 */
const LEFT_OUT = [
  "bad-method",
  "garbage",
  "h2-prior",
  "lf-only",
  "http10-nohost",
  "http11-nohost",
  "pipelined",
  "expect-100",
].map((name) => `http-${name}`);

const captures = readCaptures();
const replayed = captures.filter(({ name }) => !LEFT_OUT.includes(name));
const folder = temporaryFolder("parity");

/** Loads a capture alone, as a cassette that went through the file system. */
async function mockOf(capture: Capture): Promise<RunningMock> {
  const ogl = capture.file.startsWith("045p") ? "0.4.5" : "0.4.1";
  const exchanges = parseExchanges(capture.file, capture.line);
  const cassette = await importExchanges(capture.file, exchanges, {
    about: { title: capture.name, origin: "recorded", ogl },
  });
  const file = join(folder, `${capture.file}-${capture.name}.cassette.json`);
  writeFileSync(file, printCassette(cassette));
  return startMock({ ogl, cassettes: [file], world: "off", policy: "observe", speed: Infinity });
}

/** Names of users and keys, in answers about them. */
const PERSON =
  /(?<="object":"(?:userInfo|key)","id":\d+,(?:"email":"[^"]*",)?"name":"|"object":"me\.usage","model":"[^"]*","key":"|"object":"userInfo","id":\d+,"email":")[^"@]+(?=")/g;

/** Secrets as gatetape replaces them, found by the test's own means. */
function withPseudonyms({ statusLine, headers, body, chunks }: Parsed): Parsed {
  const seen = new Map<string, string>();
  const people = new Map<string, string>();
  const replace = (bytes: Buffer): Buffer =>
    Buffer.from(
      bytes
        .toString("latin1")
        .replaceAll(/sk-test-[a-z]+-[xy]{50,}/g, "sk-2") // sk-1 is the key that the request was sent with
        .replaceAll(PERSON, (name) => {
          people.set(name, people.get(name) ?? `person-${people.size + 1}`);
          return people.get(name) as string;
        })
        .replaceAll(/\b[a-z0-9-]{1,40}@example\.org/g, (email) => {
          seen.set(email, seen.get(email) ?? `user-${seen.size + 1}@example.org`);
          return seen.get(email) as string;
        }),
      "latin1",
    );
  const replaced = replace(body);
  return {
    statusLine,
    headers: headers.map((header) =>
      header.startsWith("content-length: ") && body.length > 0
        ? `content-length: ${replaced.length}`
        : header,
    ),
    body: replaced,
    chunks: chunks?.map(replace),
  };
}

const sizeOf = ({ headers, body }: Parsed): number => headers.join("").length + body.length;
const undated = (headers: readonly string[]): string[] =>
  headers.map((header) => header.replace(/^date: .*/, "date: *"));

describe("a capture of the real server, made a cassette and played, is what the real server sent", () => {
  let equal = 0;
  const withSecrets: string[] = [];

  it.each(
    replayed.map((capture) => [`${capture.file.replace(".jsonl", "")} ${capture.name}`, capture] as const),
  )("%s", async (_, capture) => {
    const closes = capture.end.includes("EOF");
    const mock = await mockOf(capture);
    try {
      const real = parseResponse(capture.response);
      const expected = withPseudonyms(real);
      if (!expected.body.equals(real.body)) withSecrets.push(capture.name);
      const size = capture.response.length + sizeOf(expected) - sizeOf(real);
      const answered = await ask(mock.port, capture.request, { expect: size, closes });
      const got = parseResponse(answered.bytes);
      expect(got.statusLine).toBe(expected.statusLine);
      expect(undated(got.headers)).toEqual(undated(expected.headers));
      expect(got.body.toString("latin1")).toBe(expected.body.toString("latin1"));
      expect(got.chunks?.map((chunk) => chunk.length)).toEqual(expected.chunks?.map((chunk) => chunk.length));
      expect(answered.bytes.length).toBe(size);
      expect(answered.closed).toBe(closes);
      equal++;
    } finally {
      await mock.close();
    }
  });

  afterAll(() => {
    console.log(
      `parity: ${equal} of ${captures.length} captures replayed equal; ${LEFT_OUT.length} left out (${LEFT_OUT.join(", ")}); ` +
        `${withSecrets.length} equal after the pseudonym map (${withSecrets.join(", ")})`,
    );
    expect(equal).toBe(captures.length - LEFT_OUT.length);
  });
});

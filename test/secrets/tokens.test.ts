/** Secrets that are cut by tokens: logprobs in answers and streams, and members that go on over events. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BodyKind, Sanitizer } from "../../src/secrets/sanitizer.ts";
import { scaled } from "../support/scaled.ts";

/** Put together here: no secret of this form stands in the repository. */
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
const TEXT = `voilà été ${KEY}!`;

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

function clean(parts: readonly string[], kind: BodyKind): string {
  return new Sanitizer()
    .replaceWrites(
      parts.map((part) => Buffer.from(part)),
      kind,
    )
    .map((bytes) => Buffer.from(bytes).toString())
    .join("");
}

/** TEXT in tokens that may cut anywhere. */
const tokens = fc
  .uniqueArray(fc.integer({ min: 1, max: TEXT.length - 1 }), { minLength: 3, maxLength: 20 })
  .map((cuts) => {
    const ends = [...cuts, TEXT.length].toSorted((a, b) => a - b);
    return ends.map((end, i) => TEXT.slice(ends[i - 1] ?? 0, end));
  });

const item = (token: string): object => ({ token, logprob: -0.25, bytes: [...Buffer.from(token)] });
const withTop = (token: string): object => ({ ...item(token), top_logprobs: [item(token), item("zz")] });

interface Item {
  readonly token: string;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Item[];
}

function expectClean(items: readonly Item[]): void {
  const text = items.map(({ token }) => token).join("");
  expect(text).toBe(TEXT.replace(KEY, "sk-1"));
  for (const { token, bytes, top_logprobs: top } of items) {
    expect(Buffer.from(bytes).toString()).toBe(token);
    expect(top[0]).toMatchObject({ token, bytes });
  }
}

describe("logprobs", () => {
  it("of an answer", () => {
    fc.assert(
      fc.property(tokens, (list) => {
        const body = {
          choices: [
            { index: 0, message: { content: TEXT }, logprobs: { content: list.map(withTop), refusal: null } },
          ],
        };
        const [choice] = (
          JSON.parse(clean([JSON.stringify(body)], "json")) as {
            choices: { message: { content: string }; logprobs: { content: Item[] } }[];
          }
        ).choices;
        expect(choice?.message.content).toBe(TEXT.replace(KEY, "sk-1"));
        expectClean(choice?.logprobs.content ?? []);
      }),
      { numRuns: scaled(200) },
    );
  });

  it("of a stream, each event with some of the tokens", () => {
    fc.assert(
      fc.property(tokens, fc.integer({ min: 1, max: 3 }), (list, size) => {
        const events = list.flatMap((_, i) => {
          const some = list.slice(i, i + size);
          return i % size > 0
            ? []
            : [
                event({
                  choices: [
                    { index: 0, delta: { content: some.join("") }, logprobs: { content: some.map(withTop) } },
                  ],
                }),
              ];
        });
        const sent = clean(events, "sse")
          .split("\n\n")
          .slice(0, -1)
          .map(
            (one) =>
              (
                JSON.parse(one.slice(6)) as {
                  choices: [{ delta: { content: string }; logprobs: { content: Item[] } }];
                }
              ).choices[0],
          );
        expect(sent.map(({ delta }) => delta.content).join("")).toBe(TEXT.replace(KEY, "sk-1"));
        expectClean(sent.flatMap(({ logprobs }) => logprobs.content));
      }),
      { numRuns: scaled(200) },
    );
  });

  it("of the legacy completions, with the names in top_logprobs", () => {
    fc.assert(
      fc.property(tokens, (list) => {
        const logprobs = {
          tokens: list,
          token_logprobs: list.map(() => -1),
          top_logprobs: list.map((token) => ({ [token]: -1, zz: -2 })),
        };
        const body = JSON.stringify({ choices: [{ index: 0, text: TEXT, logprobs }] });
        const after = (
          JSON.parse(clean([body], "json")) as {
            choices: [{ logprobs: { tokens: string[]; top_logprobs: object[] } }];
          }
        ).choices[0].logprobs;
        expect(after.tokens.join("")).toBe(TEXT.replace(KEY, "sk-1"));
        expect(after.top_logprobs.map((top) => Object.keys(top)[0])).toEqual(after.tokens);
      }),
      { numRuns: scaled(100) },
    );
  });

  it("of a prompt, as vLLM has them, and bytes that alone say what a token is", () => {
    const list = TEXT.match(/.{1,3}/gsu) ?? [];
    const prompt = list.map((token, i) => ({ [i]: { logprob: -1, rank: 1, decoded_token: token } }));
    const ids = list.map((token, i) => ({ ...item(token), token: `token_id:${i}` }));
    const body = JSON.stringify({ prompt_logprobs: [null, ...prompt], logprobs: { content: ids } });
    const after = JSON.parse(clean([body], "json")) as {
      prompt_logprobs: [null, ...Record<string, { decoded_token: string }>[]];
      logprobs: { content: Item[] };
    };
    const [, ...tops] = after.prompt_logprobs;
    expect(tops.flatMap((top) => Object.values(top).map((one) => one.decoded_token)).join("")).toBe(
      TEXT.replace(KEY, "sk-1"),
    );
    const bytes = Buffer.concat(after.logprobs.content.map((one) => Buffer.from(one.bytes))).toString();
    expect(bytes).toBe(TEXT.replace(KEY, "sk-1"));
  });

  it("without a secret stay byte for byte", () => {
    const list = "nothing to see é here".match(/.{1,3}/gsu) ?? [];
    const body = JSON.stringify({ choices: [{ index: 0, logprobs: { content: list.map(withTop) } }] });
    expect(clean([body], "json")).toBe(body);
  });
});

describe("a stream", () => {
  const forms: readonly [string, (token: string, i: number) => unknown][] = [
    ["of TGI, which counts its events", (text, i) => ({ index: i, token: { id: 7, text, logprob: -1 } })],
    ["of a member that nobody knows", (piece) => ({ id: "x", chunk: { piece } })],
    ["of strings", (text) => text],
    ["of Anthropic", (text) => ({ type: "content_block_delta", index: 0, delta: { text } })],
    ["of the Responses API", (delta, i) => ({ type: "x.delta", output_index: 0, sequence_number: i, delta })],
    ["of Gemini", (text) => ({ candidates: [{ content: { parts: [{ text }] }, index: 0 }] })],
  ];
  const strings = (value: unknown): string =>
    typeof value === "string"
      ? value
      : typeof value === "object" && value !== null
        ? Object.values(value).map(strings).join("")
        : "";

  it.each(forms)("%s has the pseudonym in its first event", (_, make) => {
    fc.assert(
      fc.property(tokens, (list) => {
        const before = list.map((token, i) => event(make(token, i)));
        const after = clean(before, "sse").split("\n\n").slice(0, -1);
        const text = after.map((one) => strings(JSON.parse(one.slice(6)))).join("");
        expect(text).not.toMatch(/Zz9|Yy8|Xx7/);
        expect(text).toContain("sk-1");
        expect(after).toHaveLength(before.length);
      }),
      { numRuns: scaled(50) },
    );
  });

  it("of plain text too", () => {
    fc.assert(
      fc.property(tokens, (list) => {
        const events = [...list.map((token) => `data: ${token}\n\n`), "data: [DONE]\n\n"];
        const after = clean(events, "sse")
          .split("\n\n")
          .map((one) => one.slice(6));
        expect(after.join("")).toBe(`${TEXT.replace(KEY, "sk-1")}[DONE]`);
      }),
      { numRuns: scaled(100) },
    );
  });

  it("joins no ids, times and numbers", () => {
    const body = [1, 2, 3, 4].map((n) =>
      event({
        id: `sk-aB3dE5fG${n}x`.slice(0, 5),
        created_at: `12:34:5${n}`,
        score: `0.${n}`,
        type: `a.${n}`,
      }),
    );
    expect(clean(body, "sse")).toBe(body.join(""));
  });
});

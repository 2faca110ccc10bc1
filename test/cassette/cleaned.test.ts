import { describe, expect, it } from "vitest";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { cleaned, cleanedAll } from "../../src/cassette/scrub/cleaned.ts";
import { draftOfExchange } from "../../src/cassette/import/import.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { keepPattern } from "../../src/cassette/scrub/keep.ts";
import { holds, textsIn } from "../support/grep.ts";
import { Random } from "../support/random.ts";
import { BARE_PLACES } from "../support/secret-places-bare.ts";

const CHANCE = "x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj";
const OTHER = "Yb3Mn8Xc5Zv1Lk7Jh4Gf9Ds2Pq6Wr";

const printed = (...interactions: (Interaction | undefined)[]): string =>
  JSON.stringify({ cassette: 1, interactions });
const chat = (content: string, answer: Interaction["response"]["body"] = []): Interaction => ({
  name: "n",
  request: {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json: { messages: [{ role: "user", content }] },
  },
  response: {
    status: 200,
    framing: "chunked",
    headers: [
      ["content-type", "text/event-stream"],
      ["Transfer-Encoding", null],
    ],
    body: answer,
    end: { how: "complete" },
  },
});
const delta = (content: string, wait = 1): object => ({
  wait,
  sse: { choices: [{ index: 0, delta: { content } }] },
});

describe("cleaning an interaction", () => {
  it("replaces a text that only its look tells, in its place, and says where and by which rule", async () => {
    const { interaction, replaced, findings } = await cleaned(chat(`see ${CHANCE}.`), new Sanitizer());
    expect(interaction.request.json).toEqual({ messages: [{ role: "user", content: "see secret-1." }] });
    expect(findings).toEqual([]);
    expect(replaced).toEqual([
      {
        pointer: "/request/json/messages/0/content",
        rule: "entropy",
        pseudonym: "secret-1",
        keep: "[A-Za-z0-9]{28}",
      },
    ]);
  });

  it("replaces only the segment of a path that looks so", async () => {
    const link = `d/${CHANCE}/edit`;
    const { interaction, replaced } = await cleaned(
      chat("hi", [{ wait: 1, sse: { é: [link] } }]),
      new Sanitizer(),
    );
    expect(interaction.response.body).toEqual([{ wait: 1, sse: { é: ["d/secret-1/edit"] } }]);
    expect(replaced).toMatchObject([{ pointer: "/response/body/0/sse/é/0", keep: "[A-Za-z0-9]{28}" }]);
  });

  it("gives the same text the same pseudonym in every interaction, also where it stands encoded or cut", async () => {
    const sanitizer = new Sanitizer();
    const base64 = Buffer.from(`the tag is ${CHANCE}, see`).toString("base64");
    const [one, two, three] = await cleanedAll(
      [
        chat("nothing", [...CHANCE].map((letter) => delta(letter)) as Interaction["response"]["body"]),
        chat(`${OTHER} and "\\n${CHANCE}`),
        chat(base64),
      ],
      sanitizer,
    );
    const texts = [one, two, three].map((each) => printed(each?.interaction));
    for (const text of texts) expect(holds(textsIn(text), CHANCE)).toBe(false);
    const [, named] = /"(secret-\d)"/.exec(texts[0] ?? "") ?? [];
    expect(texts[1]).toContain(named);
    expect(texts[2]).toContain(named);
    expect([one, two, three].flatMap((each) => each?.findings)).toEqual([]);
  });

  it("replaces what was learnt late in earlier interactions too", async () => {
    const key = "hunter-2222-hunter";
    const [first, last] = await cleanedAll(
      [
        chat(`I use ${key} for it`),
        {
          ...chat("hello"),
          request: { method: "GET", target: "/v1/models", headers: [["authorization", `Bearer ${key}`]] },
        },
      ],
      new Sanitizer(),
    );
    expect(first?.interaction.request.json).toEqual({
      messages: [{ role: "user", content: "I use sk-1 for it" }],
    });
    expect(last?.interaction.request.headers).toEqual([["authorization", "Bearer sk-1"]]);
  });

  it("withholds where replacing would change binary content, and names the location", async () => {
    const hex = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0]),
      Buffer.from(` ${CHANCE} `),
      Buffer.from([0xc0]),
    ]);
    const { findings } = await cleaned(chat("hi", [{ wait: 1, hex: hex.toString("hex") }]), new Sanitizer());
    expect(findings[0]).toEqual({
      kind: "binary",
      location: "/response/body",
      shown: "replacing it would change binary content",
    });
    expect(JSON.stringify(findings)).not.toContain(CHANCE);
  });

  it("withholds what is compressed and does not decode", async () => {
    const one = chat("hi");
    const response = {
      ...one.response,
      headers: [["content-encoding", "zstd"] as const],
      body: [{ wait: 0, hex: "28b52ffdff" }],
    };
    const { findings } = await cleaned({ ...one, response }, new Sanitizer());
    expect(findings).toMatchObject([{ kind: "compressed", location: "/response/headers" }]);
  });

  it("keeps what a rule lets pass, by the pattern that it told", async () => {
    const keep = [new RegExp(keepPattern(CHANCE), "u")];
    const draft = chat(`see ${CHANCE}.`);
    const { interaction, replaced, findings } = await cleaned(draft, new Sanitizer("", { rules: { keep } }), {
      keep,
    });
    expect([interaction, replaced, findings]).toEqual([draft, [], []]);
  });

  it("leaves no token of letters by chance anywhere, and withholds none", async () => {
    const random = new Random(4);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const left: string[] = [];
    const withheld: string[] = [];
    for (const locate of BARE_PLACES) {
      const secret = `1x${random.text(40, letters)}Z`;
      const draft = await draftOfExchange("x", locate.plant(secret, random));
      const { interaction, findings } = await cleaned(draft, new Sanitizer());
      if (findings.length > 0) withheld.push(`${locate.name}: ${JSON.stringify(findings)}`);
      else if (holds(textsIn(printed(interaction)), secret)) left.push(locate.name);
    }
    expect(BARE_PLACES.length).toBeGreaterThan(10);
    expect(left).toEqual([]);
    expect(withheld).toEqual([]);
  });
});

describe("the pattern that keeps a text", () => {
  it.each([
    ["ab12", "[a-z0-9]{4}"],
    ["A", "[A-Z]"],
    ["jean.x@y.fr", "[a-z]{4}\\.[a-z]@[a-z]\\.[a-z]{2}"],
    ["é b", ".{2}[a-z]".replace(".{2}", "..")],
  ])("of %j is %s, and matches it as a whole", (text, pattern) => {
    expect(keepPattern(text)).toBe(pattern);
    expect(new RegExp(`^(?:${keepPattern(text)})$`, "u").test(text)).toBe(true);
  });

  it("is short for a long text", () => {
    const text = "a-B_3/".repeat(60);
    expect(keepPattern(text).length).toBeLessThan(60);
    expect(new RegExp(`^(?:${keepPattern(text)})$`, "u").test(text)).toBe(true);
  });
});

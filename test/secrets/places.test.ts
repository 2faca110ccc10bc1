/** Spellings and places in which a secret stood that nobody had looked at, and what was taken for a secret there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Sanitizer, findLeaks, openArchive, withoutKeys } from "../../src/secrets/index.ts";
import { randomRuns } from "../../src/secrets/scan/index.ts";
import { gatetape } from "../support/cli.ts";

const SECRET = "bqzvtwkfm-4821x!";
const KEY = "sk-Zq7Xw2Lp9Rv4Tn6Yb1Mc3Ks8Hd5Gf0JaUe";

const prompt = (content: unknown): string => JSON.stringify({ messages: [{ role: "user", content }] });
const codes = (text: string): number[] => [...Buffer.from(text)];
const hex = (text: string): string => Buffer.from(text).toString("hex");
const pairs = (text: string): readonly string[] => hex(text).match(/../g) ?? [];
const dump = (text: string): string =>
  (text.match(/.{1,16}/g) ?? [])
    .map((line, i) => `${(i * 16).toString(16).padStart(8, "0")}: ${pairs(line).join(" ")}  ${line}`)
    .join("\n");

/** Bodies, and the text by which each would show its secret. */
const BODIES: readonly (readonly [name: string, body: string, shown: string])[] = [
  ["hexadecimal", prompt(hex(`password: ${SECRET}`)), hex(SECRET)],
  ["pairs of digits", prompt(pairs(KEY).join(" ")), pairs(KEY).slice(3).join(" ")],
  ["escaped bytes", prompt(pairs(KEY).join("\\x").replace(/^/, "\\x")), pairs(KEY).slice(3, 9).join("\\\\x")],
  ["a dump", prompt(dump(`password: ${SECRET} and more`)), "21"],
  ["decimals", prompt(`bytes([${codes(KEY).join(", ")}])`), codes(KEY).join(", ")],
  ["a list of bytes", JSON.stringify({ data: codes(KEY) }), codes(KEY).slice(3).join(",")],
  ["named bytes", JSON.stringify({ password: codes(SECRET) }), codes(SECRET).slice(3).join(",")],
  [
    "a buffer of Node",
    JSON.stringify({ secret: { type: "Buffer", data: codes(SECRET) } }),
    codes(SECRET).slice(3).join(","),
  ],
  [
    "rows beside columns",
    JSON.stringify({ columns: ["login", "password"], rows: [["bob", SECRET]] }),
    SECRET,
  ],
  [
    "rows below heads",
    JSON.stringify({
      x: [
        ["login", "mot de passe"],
        ["bob", SECRET],
      ],
    }),
    SECRET,
  ],
  ["arguments", JSON.stringify({ command: ["docker", "login", "-u", "bob", "-p", SECRET] }), SECRET],
  ["raw headers", JSON.stringify({ rawHeaders: ["Host", "x", "X-Api-Key", SECRET] }), SECRET],
  [
    "lines of JSON",
    `{"a":1}\n${JSON.stringify({ body: { messages: [{ content: `mon mot de passe est ${SECRET}` }] } })}\n`,
    SECRET,
  ],
  [
    "an answer to a question",
    JSON.stringify({
      messages: [
        { role: "assistant", content: "Quel est votre mot de passe ?" },
        { role: "user", content: SECRET },
      ],
    }),
    SECRET,
  ],
  [
    "two parts of a message",
    prompt([
      { type: "text", text: "My password is" },
      { type: "text", text: SECRET },
    ]),
    SECRET,
  ],
  [
    "pydantic",
    prompt(`api_key\n  Too long [type=too_long, input_value='${SECRET}', input_type=str]`),
    SECRET,
  ],
  ["serialize of PHP", prompt(`a:2:{s:4:"user";s:3:"bob";s:8:"password";s:16:"${SECRET}";}`), SECRET],
  ["triple quotes", prompt(`password = '''${SECRET}'''`), SECRET],
  ["a list of YAML", prompt(`passwords:\n  - ${SECRET}\n`), SECRET],
  ["an input of HTML", prompt(`<input type="password" value="${SECRET}">`), SECRET],
  ["expect", prompt(`expect "Password:"\nsend "${SECRET}\\r"`), SECRET],
  ["name and password", prompt(`Voici mes identifiants : jean / ${SECRET}. Merci.`), SECRET],
  ["French quotes", prompt(`Utilisez « ${SECRET} » comme mot de passe.`), SECRET],
  ["Japanese", prompt(`パスワードは${SECRET}です`), SECRET],
  ["Arabic", prompt(`كلمة المرور: ${SECRET}`), SECRET],
  ["useradd", prompt(`useradd -p ${SECRET} bob`), SECRET],
  [
    "the words of a wallet",
    prompt(`seed phrase: ${"legal winner thank ".repeat(4).trim()}`),
    "legal winner thank legal",
  ],
  ["an address with accents", prompt("écrire à rené.du@préfecture.gouv.fr"), "ren"],
  [
    "a web hook",
    prompt(
      "https://discord.com/api/webhooks/1234567890/nG5nsYsWJ93JD3AMl3z5FmyR2JqNTfFpOhMk8bihkctsrTpSB4pHEzwjOba8dDNA",
    ),
    "nG5nsYsWJ93",
  ],
];

it.each(BODIES)("a secret in %s is replaced", (_, body, shown) => {
  expect(body).toContain(shown);
  const [clean = Buffer.alloc(0)] = new Sanitizer().replaceWrites([Buffer.from(body)], "json");
  const text = Buffer.from(clean).toString();
  expect(text).not.toContain(shown);
  for (const document of text.trim().split("\n")) expect(() => JSON.parse(document)).not.toThrow();
});

it("the tokens of a tokenizer are put together", () => {
  const tokens = KEY.match(/.{1,3}/g) ?? [];
  const [clean = Buffer.alloc(0)] = new Sanitizer().replaceWrites(
    [Buffer.from(JSON.stringify({ tokens }))],
    "json",
  );
  expect(JSON.parse(Buffer.from(clean).toString())).toEqual({
    tokens: ["sk-1", ...tokens.slice(1).map(() => "")],
  });
});

describe("documents", () => {
  const page = `BT (password: ) Tj [(${SECRET.slice(0, 5)}) -20 (${SECRET.slice(5)})] TJ ET`;
  const pdf = (stream: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from("%PDF-1.4\n1 0 obj\n<< >>\nstream\n"),
      stream,
      Buffer.from("\nendstream\nendobj"),
    ]);
  const note = `note;mot de passe\nx;${SECRET}\n`;

  it.each([
    ["a compressed PDF", pdf(deflateSync(page.replace(") Tj [(", "")))],
    ["a plain PDF", pdf(Buffer.from(page.replace(") Tj [(", "")))],
    ["UTF-16", Buffer.from(`\ufeff${note}`, "utf16le")],
    ["UTF-16, big end first", Buffer.from(`\ufeff${note}`, "utf16le").swap16()],
  ])("%s with a secret is found", (_, bytes) => {
    const archive = openArchive(bytes);
    expect(archive && new Sanitizer().findsIn(archive)).toBe(true);
  });

  it.each([
    ["a compressed PDF", pdf(deflateSync("BT (Bonjour, le mot de passe est perdu) Tj ET"))],
    ["UTF-16", Buffer.from("\ufeffnom;ville\nJean;Lyon\n", "utf16le")],
  ])("%s without one stays", (_, bytes) => {
    const archive = openArchive(bytes);
    expect(archive && new Sanitizer().findsIn(archive)).toBe(false);
  });
});

/** Names and prefixes by which a run of random letters is known for no secret. */
const HARMLESS: readonly string[] = [
  prompt(
    '{"kid": "96A0JwBH9pUoUQw6GwzMsczOyCU", "next_page_token": "ZOmemSEGkZh0QifFBVZ6LNE5wcpxr4e7qEM5FaGa"}',
  ),
  prompt('{"uid": "hKAB2Z9t33ELAdvApIVXlDNftcTm", "api_key_id": "key_lQhGZbr12c2YJv4H9xQ2"}'),
  prompt(
    JSON.stringify({
      keys: [{ kty: "RSA", n: "ANoT-rcbjRxApgJfvQxD8C6crMWLAVDB7Qfz5K5EZf4vih64oIBM9vnCBk", e: "AQAB" }],
    }),
  ),
  prompt("fc_78b6379e6c75d14fadee1727ef8992c54eb6534665d7738d"),
  prompt("the message SM158c7ffeb918063c4d0844de45a56150"),
  prompt("sub_jEsLVohufYOyOom9JgerNAJh price_Zr7zBGciN2exUfd7DJZNqQIu dpl_YpHRx1gFUYLXd9n1KtjPcz2ddEIG"),
  prompt("google-site-verification=yBoVhVOyoLZ2TxOTvffzzcrhVCDt5eZnhoM7fSWjAdq"),
  prompt(
    "v=DKIM1; k=rsa; p=hDOPES0ToGXqGJDRSArgyTc63Ro6a5wPDw+OaGuuRkDF2w8BZlLc3JTiH08GXzfeu0EvHUEPvJ2tCt7Al9vFNv",
  ),
  prompt("the link local address fe80::1"),
  prompt(
    "-----BEGIN CERTIFICATE-----\nvMo0tXePUMzJr0Wt3WDZ2W1aeGPp/gKcPwpEvwynrYGif/MiHNPaUzM8EusdtZPw\nin+kJyunGXT5FxAUZwYkd30BnJ28krgqIknwxZpwmntYptMq5l/Z98d2ZMrLHWt7\n-----END CERTIFICATE-----",
  ),
  JSON.stringify([["cf-ray", "8b4175152ea0d60c-CDG"]]),
  JSON.stringify([["x-amz-cf-id", "feJTVMVQjGvkHakVGPFY1vB1fQpLgQ6c8Qhtxaeef/fwpJISaGZbfQ=="]]),
  JSON.stringify([
    ["x-amz-id-2", "lBmZ4grka0jxXCnXWLMlKK5JbYPjqF5D6y6uEvyCPeih97wbXgLGSB4eC+inbnz07g6w7lXRGO0="],
  ]),
  JSON.stringify([["if-none-match", 'W/"uzR7rkLzOqHxNc+1XRSuWrO3nwU="']]),
  JSON.stringify([["sec-websocket-accept", "ODb5OyIzvkSx4/NYcb/nMwwfrbQ="]]),
  JSON.stringify([["digest", "SHA-256=iuRrIIWIwRHA52lz201EtJJtZYHiPU4kAWioXIXYAbg="]]),
  JSON.stringify({ tokens: [101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113] }),
  JSON.stringify({ columns: ["login", "password"], rows: [["required", "required"]] }),
  JSON.stringify({
    messages: [{ content: "Did you forget your password?" }, { content: "Yes, yesterday." }],
  }),
];

it.each(HARMLESS)("the harmless %.80j stays", (text) => {
  expect(new Sanitizer().replaceText(text)).toBe(text);
  expect([...randomRuns(text)].map(({ start, end }) => text.slice(start, end))).toEqual([]);
});

/** Random letters in which there are short runs of small ones by chance, as in words. */
it.each([
  "QhIQngcHczxGyOI2y4XvxmJ8DSpie7re",
  "vadmEfbe8UcYMsL2ohgQfY5OTRgqCtiFggb3knbT",
  "NL1ZqlsQD0isJHTaJfddzwNLfidXC9AFnIPSkhpQ",
  "BytyxwvidqTcsy6ltSULN96skzWfeSv2liqapC8GItjEfFf9",
  "gCdYgDMeVHPS33gbttiG1cbzuRibxQy67aidhpdUP50lyipoj9aGLLV47b7rZajh",
])("the letters %s look made by chance", (text) => {
  expect([...randomRuns(`the value ${text} of it`)]).toHaveLength(1);
});

it.each([
  "getElementsByClassName2",
  "XNNPackDelegateFlagQS8",
  "com.example.AbstractSingletonProxyFactoryBean2",
  "EreignisVerarbeitungsWarteschlange2Schnell",
  "https://x.example/Verarbeitung2024/Quartalsbericht3",
  "NumeroAllocataireDossierPrestation2024",
])("the words %s do not", (text) => {
  expect([...randomRuns(`the name ${text} of it`)]).toEqual([]);
});

it("the secret of a payment is none of its ids", () => {
  expect([...randomRuns('x: "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH"')]).not.toEqual(
    [],
  );
});

it("messages show no key, but the file that they are about", () => {
  const message = `/tmp/aB3xK9qLmZ7wPvT2/x.json: --keys ${KEY} is invalid`;
  expect(withoutKeys(message)).toBe("/tmp/aB3xK9qLmZ7wPvT2/x.json: --keys (secret) is invalid");
});

it("what a cassette says of itself shows no secret: an import takes it from the name of the file and of the tool", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-about-"));
  try {
    const entry = {
      startedDateTime: "2026-01-01T00:00:00Z",
      time: 1,
      request: { method: "GET", url: "https://x.example/v1/models", httpVersion: "HTTP/1.1", headers: [] },
      response: {
        status: 404,
        statusText: "",
        httpVersion: "HTTP/1.1",
        headers: [],
        content: { mimeType: "text/plain", text: "no" },
      },
    };
    const creator = { name: `password=${SECRET}`, version: "1" };
    const file = join(folder, `${KEY}.har`);
    writeFileSync(file, JSON.stringify({ log: { version: "1.2", creator, entries: [entry] } }));
    const out = join(folder, "x.cassette.json");
    const { code, stdout, stderr } = await gatetape([
      "cassette",
      "import",
      file,
      "--out",
      out,
      "--no-config",
    ]);
    expect(code).toBe(0);
    for (const text of [stdout, stderr, readFileSync(out, "utf8")]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(KEY);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the key of a WebSocket is replaced once", () => {
  const sanitizer = new Sanitizer();
  const clean = sanitizer.replaceHeader(
    "Sec-WebSocket-Protocol",
    `realtime, openai-insecure-api-key.${SECRET}`,
  );
  expect(clean).toBe("realtime, openai-insecure-api-key.secret-1");
  expect(findLeaks(clean)).toEqual([]);
});

/** Texts for which the time grew with the square of their length: a minute and more for these. */
it.each([
  ["backslashes", "\\".repeat(300_000), 600_000],
  ["parameters", "?a=".repeat(100_000), 300_000],
  ["telling parameters", "?key=".repeat(60_000), "?key=secret-1".length],
])("a long run of %s takes seconds", { timeout: 20_000 }, (_, text, length) => {
  const around = prompt("").length;
  expect(new Sanitizer().replaceText(prompt(text)).length - around).toBe(length);
});

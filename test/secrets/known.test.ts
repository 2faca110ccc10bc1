/** Many secrets: each is found in whatever spelling, the work does not grow with their number, and little memory does. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { KnownSecrets } from "../../src/secrets/known.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { KnownScan, knownScanOf } from "../../src/secrets/scan/known.ts";
import { WrittenTexts } from "../../src/secrets/scan/written.ts";
import { Random } from "../support/random.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const random = new Random(20_261_127);
const token = (length: number): string =>
  Array.from({ length }, () => LETTERS[Math.floor(random.next() * LETTERS.length)]).join("");

/** Secrets of kinds that begin alike, that end alike, that do both, and that have characters to escape. */
const secretOf = (n: number): string =>
  [
    `sk-proj-${token(24)}`,
    `${token(20)}; HttpOnly`,
    `eyJhbGciOiJIUzI1NiJ9.${token(30)}fQ==`,
    `p"a\\ss ${token(9)}é`,
  ][n % 4] as string;

const base64 = (before: string, text: string): string => Buffer.from(`${before}${text}|`).toString("base64");
const SPELLINGS: readonly (readonly [name: string, spell: (secret: string) => string])[] = [
  ["plain", (secret) => secret],
  ["as JSON", (secret) => JSON.stringify(secret)],
  ["as JSON in JSON", (secret) => JSON.stringify(JSON.stringify(secret))],
  ["in hex", (secret) => Buffer.from(secret).toString("hex")],
  ["in upper hex", (secret) => Buffer.from(secret).toString("hex").toUpperCase()],
  ["in base64", (secret) => base64("", secret)],
  ["in base64 after a character", (secret) => base64("a", secret)],
  ["in base64 after two characters", (secret) => base64("ab", secret)],
  ["in base64url", (secret) => base64("ab", secret).replaceAll("+", "-").replaceAll("/", "_")],
];

const COUNT = 6000;
const secrets = Array.from({ length: COUNT }, (_, n) => secretOf(n));
const around = (text: string): string => `It says (${text}) and ${"goes on about the Loire, ".repeat(40)}`;

describe("known secrets", () => {
  const known = new KnownSecrets();
  for (const secret of secrets) known.add(secret);
  const scan = new KnownScan(secrets);
  const sampled = secrets.filter((_, n) => n % 601 === 0 || n < 4 || n >= COUNT - 4);

  it.each(SPELLINGS)("are found %s, the first as the last", (_, spell) => {
    for (const secret of sampled) {
      const text = around(spell(secret));
      expect(known.find(text).map(({ value }) => value)).toContain(secret);
      expect([...scan.find(text)].length).toBeGreaterThan(0);
    }
  });

  it("cost no comparisons where they are not, and few where one is", () => {
    const before = known.comparisons;
    for (let n = 0; n < 100; n++) known.find(around(secretOf(n)));
    // Three spellings end or begin alike over thousands of secrets, and none of those is a hit.
    expect(known.comparisons - before).toBeLessThan(100 * 8);
    const then = known.comparisons;
    known.find(around(secrets[COUNT - 1] as string));
    expect(known.comparisons - then).toBeLessThan(8);
  });

  it("are learnt once", () => {
    expect(secrets.map((secret) => known.add(secret)).filter(Boolean)).toEqual([]);
    expect(known.values).toHaveLength(COUNT);
  });
});

describe("memory", () => {
  it.each([
    ["authorization", () => `Bearer sk-${token(40)}`],
    ["set-cookie", () => `__cf_bm=${token(60)}; path=/; HttpOnly`],
  ])("of a secret in %s stays below 500 bytes", (name, value) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const used = (): number => {
      // What other code let go of lately may take more than one collection.
      const sizes = Array.from({ length: 5 }, () => {
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return heapUsed + arrayBuffers;
      });
      return Math.min(...sizes);
    };
    const sanitizer = new Sanitizer();
    // The first ones compile patterns, which is no part of what a secret costs.
    for (let n = 0; n < 100; n++) new Sanitizer().replaceHeader(name, value());
    const before = used();
    const many = 20_000;
    for (let n = 0; n < many; n++) sanitizer.replaceHeader(name, value());
    knownScanOf(sanitizer.secrets);
    const each = (used() - before) / many;
    console.log(`${name}: ${Math.round(each)} bytes a secret`);
    expect(each).toBeLessThan(500);
    expect(sanitizer.secrets).toHaveLength(many);
  });
});

describe("written texts", () => {
  it("tell where a secret stands that is learnt later, and nothing else", () => {
    const written = new WrittenTexts<number>();
    const late = secrets.slice(0, 20);
    for (let n = 0; n < 2000; n++) {
      const [, spell] = SPELLINGS[n % SPELLINGS.length] as (typeof SPELLINGS)[number];
      const secret = n % 100 === 50 ? (late[Math.floor(n / 100)] as string) : token(30);
      written.add(n, JSON.stringify({ text: around(spell(secret)) }));
    }
    for (const [i, secret] of late.entries()) {
      const found = written.find([secret]);
      expect(found).toContain(i * 100 + 50);
      // Those that share a filter with it are looked at too.
      expect(found.size).toBeLessThan(40);
    }
    for (let n = 0; n < 500; n++) expect(written.find([secretOf(n)]).size).toBe(0);
  });

  it("are put together from writes and from the events of a stream", () => {
    const written = new WrittenTexts<string>();
    const [secret = ""] = secrets;
    const delta = (content: string): object => ({ sse: { choices: [{ index: 0, delta: { content } }] } });
    written.add(
      "writes",
      JSON.stringify({ body: [{ text: secret.slice(0, 9) }, { text: secret.slice(9) }] }),
    );
    written.add("events", JSON.stringify({ body: [...secret].map(delta) }));
    expect(written.find([secret])).toEqual(new Set(["writes", "events"]));
  });
});

describe("a string that was found clean", () => {
  it("is looked at again once a secret is learnt that it hides", () => {
    const secret = "correct-horse-battery-7";
    // Twice: where the secret stands once in base64, it is known by its spelling.
    const inner = base64("the word is ", `${secret} today`);
    const hidden = base64("see ", ` ${inner} `);
    const stream = Buffer.from(`data: {"object":"${hidden}"}\n\n`.repeat(2));
    const sanitizer = new Sanitizer();
    const sanitized = (): string => Buffer.concat(sanitizer.replaceWrites([stream], "sse")).toString();
    expect(sanitized()).toBe(stream.toString());
    sanitizer.learn(secret);
    expect(sanitized()).toBe('data: {"object":"secret-1"}\n\n'.repeat(2));
  });

  it("is looked at again under another name", () => {
    const value = "tulip88garden";
    const event = (name: string): string => `data: {"${name}":"${value}"}\n\n`;
    const stream = Buffer.from(event("note") + event("password"));
    const sanitized = Buffer.concat(new Sanitizer().replaceWrites([stream], "sse")).toString();
    expect(sanitized).toContain('"password":"secret-1"');
  });
});

/** Texts of many megabytes in one line. A pattern that remembers each letter, to try again from there, overflows its stack on them. */
import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll, expect, it } from "vitest";
import { lookAgain } from "../../src/secrets/look-again.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";

const LENGTH = 9_000_000;
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
const filled = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length));

// V8 does so by itself once the optimized patterns of a process take 16 MB; its interpreter overflows sooner.
beforeAll(() => setFlagsFromString("--no-regexp-optimization"));
afterAll(() => setFlagsFromString("--regexp-optimization"));

it.each<[string, string, string]>([
  ["words with a letter of two units", "content", `${filled("la Loire à Tours ")}😀`],
  [
    "words with a letter of two units under the name of a secret",
    "password",
    `${filled("la Loire à Tours ")}😀`,
  ],
  ["backslashes", "content", filled("\\")],
  ["stars under the name of a secret", "password", filled("*")],
  ["words joined by dots under the name of a secret", "password", filled("a.b.")],
  ["a name of code under the name of a secret", "password", filled("Config.apiKey.")],
  ["one word under the name of a secret", "password", filled("ABC_")],
])("the sanitizer reads %s", (_, member, text) => {
  const body = JSON.stringify({ choices: [{ message: { [member]: text, key: KEY } }] });
  const [clean] = new Sanitizer().replaceWrites([Buffer.from(body)], "json");
  const shown = Buffer.from(clean ?? []).toString();
  expect(shown).not.toContain(KEY);
  // A run of stars is no value.
  expect(shown.includes(text)).toBe(member === "content" || text.startsWith("*"));
});

it("the second look parses a text that may be the key of a service account, whatever its size", async () => {
  const key = { private_key_id: "1", private_key: `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEowIBAAKCAQEA\n` };
  const text = JSON.stringify({ ...key, content: filled("la Loire à Tours ") });
  const found = await lookAgain([{ name: "an answer", text }]);
  expect(found.map(({ rule }) => rule)).toContain("gcp PrivateKeyJSON");
});

it("the second look reads words with a letter of two units", async () => {
  const text = `${filled("la Loire à Tours ")}😀 ghp_${"a1B2c3D4e5F6".repeat(3)}`;
  const source = JSON.stringify({ body: [{ text: JSON.stringify({ content: text }) }] });
  expect(await lookAgain([{ name: "an answer", text: source }])).not.toEqual([]);
});

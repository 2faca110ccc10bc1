import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../src/cassette/library/library.ts";
import { PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { randomRuns } from "../../src/secrets/scan/entropy.ts";
import { type ScanFinding, scanForLeaks } from "../../src/secrets/scan/scan.ts";
import { Random } from "../support/random.ts";

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SMALL = CAPITALS.toLowerCase();
const DIGITS = "0123456789";
const KNOWN = 'pä55 "word"/x';
const TOKEN = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
const CHANCE = "x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj";

const scan = (text: string, known: readonly string[] = [KNOWN]): Promise<ScanFinding[]> =>
  scanForLeaks([{ name: "one", text }], { known });
const cassetteOf = (body: object[]): string =>
  JSON.stringify({ interactions: [{ response: { body } }] }, null, 1);
const delta = (content: string): object => ({ sse: { choices: [{ index: 0, delta: { content } }] } });

describe("the leak scan", () => {
  const bytes = Buffer.from(KNOWN);
  it.each<[string, string]>([
    ["as it is", KNOWN],
    ["as JSON", JSON.stringify(KNOWN)],
    ["as JSON in JSON", JSON.stringify({ a: JSON.stringify({ b: KNOWN }) })],
    ["as JSON in JSON in JSON", JSON.stringify(JSON.stringify(JSON.stringify(KNOWN)))],
    ["in \\u escapes", [...KNOWN].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")],
    ["URL-encoded", encodeURIComponent(KNOWN)],
    ["URL-encoded, in small letters", encodeURIComponent(KNOWN).toLowerCase()],
    ["URL-encoded, all of it", [...bytes].map((byte) => `%${byte.toString(16)}`).join("")],
    ["URL-encoded twice", encodeURIComponent(encodeURIComponent(KNOWN))],
    ["as a form", new URLSearchParams({ a: KNOWN }).toString()],
    ["in hex", bytes.toString("hex")],
    ["in base64", bytes.toString("base64")],
    ["in base64, after one byte", Buffer.from(`a${KNOWN}bc`).toString("base64")],
    ["in base64, after two bytes", Buffer.from(`ab${KNOWN}c`).toString("base64")],
    ["in base64url", Buffer.from(`??${KNOWN}>>`).toString("base64url")],
    ["in base64 of base64", Buffer.from(Buffer.from(`so: ${KNOWN}`).toString("base64")).toString("base64")],
    ["in base64 with letters before it", `YY${Buffer.from(KNOWN).toString("base64")}`],
    [
      "in a body over writes",
      cassetteOf([
        { wait: 1, text: `a ${KNOWN.slice(0, 5)}` },
        { wait: 2, text: KNOWN.slice(5) },
      ]),
    ],
    [
      "in a body over writes, cut in a character",
      cassetteOf([{ hex: bytes.subarray(0, 2).toString("hex") }, { hex: bytes.subarray(2).toString("hex") }]),
    ],
    ["over the events of a stream", cassetteOf([...KNOWN].map(delta))],
    [
      "in a line of a tape",
      `{"a":1}\n${JSON.stringify({ finished: { body: [{ text: KNOWN.slice(0, 4) }, { text: KNOWN.slice(4) }] } })}\n`,
    ],
  ])("finds a secret that was seen, %s", async (_, text) => {
    const findings = await scan(`x ${text} y`.startsWith("x {") ? text : `x ${text} y`);
    expect(findings.map(({ kind }) => kind)).toContain("known");
  });

  it.each<[string, string, string]>([
    ["a provider's token", TOKEN, "github"],
    [
      "a provider's token with a comment that would switch the rules off",
      `/* secretlint-disable */ ${TOKEN}`,
      "github",
    ],
    ["a password in a URL", "https://app:Gq8sKd02msLs@git.corp.example/x", "basicauth"],
    [
      "a private key",
      `-----BEGIN RSA PRIVATE KEY-----\n${`${"MIIEowIBAAKCAQEA".repeat(4)}\n`.repeat(6)}-----END RSA PRIVATE KEY-----`,
      "privatekey",
    ],
    ["a token in base64", Buffer.from(`the token is ${TOKEN}`).toString("base64"), "github"],
    ["a token over events", cassetteOf([...`it is ${TOKEN}.`].map(delta)), "github"],
  ])("finds %s by the rules of secretlint", async (_, text, rule) => {
    const findings = await scan(text);
    expect(findings.filter(({ kind }) => kind === "pattern").map((one) => one.rule)).toEqual(
      expect.arrayContaining([expect.stringContaining(rule)]),
    );
  });

  it.each([
    CHANCE,
    `key_${CHANCE}`,
    `"x":"${CHANCE}"`,
    `${CHANCE.slice(0, 20)}-${CHANCE.slice(20)}`,
    `/v1/x/${CHANCE}/y`,
  ])("finds letters that look made by chance: %s", async (text) => {
    expect((await scan(text)).map(({ kind }) => kind)).toEqual(["entropy"]);
  });

  it.each([
    "chatcmpl-x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj",
    "call_x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1D",
    "request-0123456789abcdef0123456789abcdef",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "sha512-x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj==",
    '"embedding":"x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj"',
    "data:image/png;sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef;bytes=3000,",
    "createHTTP2SecureServerFromOptions getElementsByTagNameNS x509WorkloadIdentityAuthProvider",
    "https://app:secret-1@git.corp.example/x",
    "Bearer sk-1, jwt-2, user-3@example.org, cookie-4, private-key-5",
    "src/cassette/sanitize/leak-scan-entropy.test.ts",
  ])("lets %s pass", async (text) => {
    expect(await scan(text)).toEqual([]);
  });

  it("says where a finding is, and never what", async () => {
    const findings = await scan(
      `{\n "api_key": "${TOKEN}",\n "b": ${JSON.stringify(KNOWN)}, "code": "${CHANCE}"\n}`,
    );
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          source: "one",
          kind: "pattern",
          line: 2,
          excerpt: 'after "api_key", 40 characters',
        }),
        expect.objectContaining({ kind: "known", line: 3 }),
        expect.objectContaining({ kind: "entropy", line: 3, excerpt: 'after "code", 28 characters' }),
      ]),
    );
    const notified = JSON.stringify(findings);
    for (const secret of [TOKEN, KNOWN, CHANCE])
      for (let at = 0; at + 6 <= secret.length; at++)
        expect(notified).not.toContain(secret.slice(at, at + 6));
  });

  it.each([
    ["capitals, small letters and digits", `${CAPITALS}${SMALL}${DIGITS}`, 22, 0.02, 0.05],
    ["capitals, small letters and digits", `${CAPITALS}${SMALL}${DIGITS}`, 40, 0, 0.004],
    ["small letters and digits", `${SMALL}${DIGITS}`, 40, 1, 1],
    ["capitals and small letters", `${CAPITALS}${SMALL}`, 40, 1, 1],
  ])("misses as many texts of %s as SECURITY.md says", (_, letters, length, least, most) => {
    const random = new Random(length);
    const rounds = 5000;
    const missed = Array.from({ length: rounds }, () => `see ${random.text(length, letters)} there`).filter(
      (text) => [...randomRuns(text)].length === 0,
    );
    expect(missed.length / rounds).toBeGreaterThanOrEqual(least);
    expect(missed.length / rounds).toBeLessThanOrEqual(most);
  });

  it("lets what is allowed pass, but no secret that was seen", async () => {
    const allow = [/x7Kq\w+/];
    expect(await scanForLeaks([{ name: "a", text: CHANCE }], { allow })).toEqual([]);
    expect(await scanForLeaks([{ name: "a", text: CHANCE }], { allow, known: [CHANCE] })).toHaveLength(1);
  });

  it("finds nothing in the bundled library", async () => {
    const sources = findCassettes(PINNED_VERSIONS.map(bundledLibrary)).map((name) => ({
      name,
      text: readFileSync(name, "utf8"),
    }));
    expect(sources.length).toBeGreaterThan(20);
    expect(await scanForLeaks(sources)).toEqual([]);
  });

  it("shares no code with the sanitizer", () => {
    const folder = join(import.meta.dirname, "../../src/secrets/scan");
    const names = readdirSync(folder);
    expect(names).toContain("scan.ts");
    for (const name of names) {
      const imports = readFileSync(join(folder, name), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g);
      for (const [, from] of imports) expect(from).toMatch(/^(?:\.\/[a-z]+\.ts|@secretlint\/.*)$/);
    }
  });
});

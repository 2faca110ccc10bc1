/** Texts without a secret in them, as people and models send them: code, prose, ids, vectors, pictures. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Random } from "./random.ts";

export interface CorpusText {
  readonly name: string;
  readonly text: string;
}

const root = resolve(import.meta.dirname, "../..");
/** The repository's own files, and what it depends on: code of many hands, minified and typed, with its licenses. */
const FOLDERS = [
  "src",
  "docs",
  "spec",
  "scripts",
  "node_modules/ajv/dist",
  "node_modules/hono/dist",
  "node_modules/commander",
  "node_modules/@hono/node-server/dist",
  "node_modules/jsonc-parser/lib",
  "node_modules/openai/resources",
];
const FILES = ["README.md", "LICENSE", "package-lock.json", "package.json", "Dockerfile"];
const MAX_SIZE = 400_000;

export function writtenTexts(): CorpusText[] {
  const names = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:m?[jt]s|c[jt]s|md|json|txt)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  return [...FILES, ...names]
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }))
    .filter(({ text }) => text.length < MAX_SIZE);
}

const HEX = "0123456789abcdef";
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Ids and values as servers make them. */
export function madeTexts(seed: number, count: number): CorpusText[] {
  const random = new Random(seed);
  const hex = (length: number): string => random.text(length, HEX);
  const id = (prefix: string, length: number): string => `${prefix}${random.text(length, ALNUM)}`;
  const makers: readonly (readonly [string, () => string])[] = [
    ["UUID", () => [8, 4, 4, 4, 12].map(hex).join("-")],
    ["chat completion", () => id("chatcmpl-", 29)],
    ["chat completion of vLLM", () => `chatcmpl-${hex(32)}`],
    ["request of OGL", () => `request-${hex(32)}`],
    ["tool call", () => id("call_", 24)],
    ["tool call of vLLM", () => `chatcmpl-tool-${hex(32)}`],
    ["tool call of Mistral", () => random.text(9, ALNUM)],
    ["message", () => `msg_${hex(48)}`],
    ["Anthropic's message", () => id("msg_01", 22)],
    ["Anthropic's tool use", () => id("toolu_01", 22)],
    ["fingerprint", () => `fp_${hex(10)}`],
    ["SHA-1", () => hex(40)],
    ["SHA-256", () => hex(64)],
    ["MD5", () => hex(32)],
    ["integrity", () => `sha512-${random.bytes(64).toString("base64")}`],
    ["date", () => new Date(1.6e12 + random.below(2e11)).toISOString()],
    ["number", () => `${random.next()}e-${random.below(9)}`],
    ["version", () => `v${random.below(20)}.${random.below(20)}.${random.below(20)}.${random.below(20)}`],
    ["masked key", () => `sk-eyJhb...${random.text(8, ALNUM)}`],
    ["clock", () => `${random.below(24)}:${random.below(60)}:${random.below(60)}.${random.below(1000)}`],
    ["MAC address", () => [2, 2, 2, 2, 2, 2].map(hex).join(":")],
    ["colour", () => `#${hex(6)}`],
    ["loopback", () => `http://127.0.0.1:${1024 + random.below(6e4)}/v1 and [::1]:80, 0.0.0.0, localhost`],
    [
      "special tokens",
      () => '{"eos_token":"</s>","pad_token":"<pad>","max_tokens":4,"token_ids":[1,22,333]}',
    ],
    [
      "log probability",
      () => `{"token":" ${random.text(7, ALNUM)}1","logprob":-0.${random.below(99)},"bytes":[72,101]}`,
    ],
    ["base64 vector", () => `{"object":"embedding","embedding":"${random.bytes(4096).toString("base64")}"}`],
    ["vector", () => JSON.stringify({ embedding: Array.from({ length: 64 }, () => random.next() - 0.5) })],
    ["usage", () => '{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5,"cost":9e-06}'],
    ["page", () => `/v1/files?limit=20&order=desc&after=${id("file-", 24)}&page=2`],
  ];
  return makers.flatMap(([name, make]) => Array.from({ length: count }, () => ({ name, text: make() })));
}

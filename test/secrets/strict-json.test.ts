/** The quick reader of JSON makes the tree that the `jsonc-parser` package makes, or none. */
import { isDeepStrictEqual } from "node:util";
import { type Node, parseTree } from "jsonc-parser";
import { expect, it } from "vitest";
import { strictTree } from "../../src/secrets/forms/strict-json.ts";
import { treeOfJson } from "../../src/secrets/forms/json-tree.ts";
import { Random } from "../support/random.ts";

const random = new Random(20_261_128);
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;

const STRINGS = [
  '""',
  '"a"',
  '"é 😀"',
  '"\\u00e9\\\\"',
  '"\\\\\\""',
  '"\\"x\\/\\b"',
  '"sk-1234"',
  '"\\ud83d"',
];
const NUMBERS = ["0", "-0", "1", "255", "256", "0.50", "-1.5e-7", "1E400", "12345", "123456.0"];
const BLANKS = ["", "", "", " ", "\n\t", "\r\n"];

function json(depth: number): string {
  const blank = (): string => oneOf(BLANKS);
  const kind = random.next() * (depth > 4 ? 0.5 : 1);
  if (kind < 0.25) return oneOf(STRINGS);
  if (kind < 0.4) return oneOf(NUMBERS);
  if (kind < 0.5) return oneOf(["true", "false", "null"]);
  const count = Math.floor(random.next() * 4);
  const item = (): string => `${blank()}${json(depth + 1)}${blank()}`;
  const list = Array.from({ length: count }, () =>
    kind < 0.75 ? item() : `${blank()}${oneOf(STRINGS)}${blank()}:${item()}`,
  );
  const inner = count === 0 ? blank() : list.join(",");
  return kind < 0.75 ? `[${inner}]` : `{${inner}}`;
}

/** A tree without the numbers of lists, which share nodes. */
function plain({ type, offset, length, value, children }: Node): unknown {
  const shown = children?.map((child) =>
    type === "array" && child.type === "number" ? "number" : plain(child),
  );
  return { type, offset, length, value, children: shown };
}

it("reads what JSON.parse takes as jsonc-parser does", () => {
  const different: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const text = `${oneOf(BLANKS)}${json(0)}${oneOf(BLANKS)}`;
    JSON.parse(text);
    const tree = strictTree(text);
    const other = parseTree(text);
    if (tree === undefined || other === undefined || !isDeepStrictEqual(plain(tree), plain(other)))
      different.push(text);
  }
  expect(different).toEqual([]);
});

it("reads nothing that JSON.parse refuses, wherever a text is spoilt", () => {
  let refused = 0;
  const different: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const text = json(0);
    const at = Math.floor(random.next() * text.length);
    const spoilt =
      text.slice(0, at) +
      oneOf(["", ",", '"', "\\", "}", "]", "\n", "\u0001", "0", "x", "/**/"]) +
      text.slice(at + 1);
    let isJson = true;
    try {
      JSON.parse(spoilt);
    } catch {
      isJson = false;
      refused++;
    }
    if ((strictTree(spoilt) !== undefined) !== isJson) different.push(spoilt);
    if ((treeOfJson(spoilt) !== undefined) !== isTolerated(spoilt)) different.push(spoilt);
  }
  expect(different).toEqual([]);
  expect(refused).toBeGreaterThan(1000);
});

function isTolerated(text: string): boolean {
  const errors: { error: number; offset: number; length: number }[] = [];
  parseTree(text, errors, { disallowComments: true });
  return errors.length === 0;
}

it("leaves deep nesting to the other parser", () => {
  const deep = "[".repeat(200) + "]".repeat(200);
  expect(strictTree(deep)).toBeUndefined();
  expect(treeOfJson(deep)).toMatchObject({ type: "array", length: 400 });
});

import { ALL_FAMILIES, type LeakRule, PATTERN_RULES, prefixFamily } from "../../secrets/index.ts";
import { isObject, plainJson } from "../../util/index.ts";
import { CassetteError, parseJsonFile, locationOfPointer } from "../format/index.ts";

/** Ids and prefixes that gatetape's own rules have, those of whole headers included. */
const TAKEN_IDS = new Set([
  ...PATTERN_RULES.map((rule) => rule.id),
  "authorization",
  "cookie",
  "field",
  "query",
  "archive",
  "blob",
  "known",
  "entropy",
  "prompts",
]);
const TAKEN_PREFIXES = new Set([...ALL_FAMILIES.map(({ id }) => id), "user"]);

const MEMBERS = ["id", "pattern", "flags", "prefix", "what"];
const FORM =
  '{ "rules": [{ "id": "customer", "pattern": "ACME-\\\\d+", "flags": "i", "prefix": "customer" }] }';

/**
 * Reads a file of rules for `gatetape cassette scrub`.
 * @throws CassetteError with line and pointer for the first error
 */
export function parseScrubRules(file: string, text: string): LeakRule[] {
  const json = plainJson(parseJsonFile(file, text));
  const fail: Fail = (pointer, reason, fix) => {
    throw new CassetteError("schema", locationOfPointer(file, text, pointer), reason, fix);
  };
  const form = `rules are written so: ${FORM}`;
  if (!isObject(json)) return fail("", "not an object", form);
  for (const key of Object.keys(json))
    if (key !== "rules" && key !== "$schema") fail(`/${key}`, `unknown member ${JSON.stringify(key)}`, form);
  const rules = json["rules"];
  if (!Array.isArray(rules)) return fail("/rules", "is not a list of rules", form);
  if (rules.length === 0) return fail("/rules", "holds no rule", form);
  return leakRulesOf(rules, "/rules", fail);
}

/**
 * Compiles rules that were read from a file.
 * @param at JSON pointer to the rules
 */
export function leakRulesOf(rules: readonly unknown[], at: string, fail: Fail): LeakRule[] {
  const parsed: LeakRule[] = [];
  const seen = { id: new Map<string, number>(), prefix: new Map<string, number>() };
  for (const [i, rule] of rules.entries()) {
    const found = leakRule(rule, `${at}/${i}`, fail);
    for (const key of ["id", "prefix"] as const) {
      const before = seen[key].get(found[key]);
      if (before !== undefined)
        fail(`${at}/${i}/${key}`, `${at}/${before} has the same ${key} "${found[key]}"`, `choose another`);
      seen[key].set(found[key], i);
    }
    parsed.push(found.rule);
  }
  return parsed;
}

export type Fail = (pointer: string, reason: string, fix: string) => never;

function leakRule(value: unknown, at: string, fail: Fail): { id: string; prefix: string; rule: LeakRule } {
  if (!isObject(value)) return fail(at, "a rule is an object", `write it so: ${FORM}`);
  for (const key of Object.keys(value))
    if (!MEMBERS.includes(key))
      fail(`${at}/${key}`, `unknown member ${JSON.stringify(key)}`, `a rule has ${MEMBERS.join(", ")}`);
  const text = (key: string): string => {
    const member = value[key];
    if (member === undefined) return fail(at, `${key} is missing`, `add a text "${key}"`);
    return typeof member === "string" ? member : fail(`${at}/${key}`, "is not a text", "put it in quotes");
  };
  const id = text("id");
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id))
    fail(`${at}/id`, `"${id}" is not a valid id`, "use small letters, digits and -, a letter first");
  if (TAKEN_IDS.has(id))
    fail(`${at}/id`, `"${id}" is a rule of gatetape's own, which always applies`, "choose another id");
  const prefix = text("prefix");
  if (!/^[A-Za-z](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9_])?$/.test(prefix))
    fail(`${at}/prefix`, `"${prefix}" is not a valid prefix`, "use letters, digits, _ and -, a letter first");
  if (TAKEN_PREFIXES.has(prefix))
    fail(`${at}/prefix`, `"${prefix}-1" is a pseudonym of a rule of gatetape's own`, "choose another prefix");
  const what = value["what"] === undefined ? id : text("what");
  return {
    id,
    prefix,
    rule: {
      id,
      what,
      pattern: compiledPattern(text("pattern"), value["flags"] === undefined ? "" : text("flags"), at, fail),
      family: prefixFamily(prefix),
    },
  };
}

function compiledPattern(source: string, flags: string, at: string, fail: Fail): RegExp {
  if (!/^[imsuv]*$/.test(flags))
    fail(
      `${at}/flags`,
      `"${flags}" are not valid flags`,
      "use i, m, s, u or v; every match is replaced anyway",
    );
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, `g${flags}`);
  } catch (error) {
    return fail(
      `${at}/pattern`,
      (error as Error).message,
      "correct the regular expression; in JSON each backslash is doubled",
    );
  }
  if (new RegExp(source, flags).test(""))
    fail(`${at}/pattern`, "matches the empty text", "let it match at least one character of the secret");
  return pattern;
}

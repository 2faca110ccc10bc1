/** Indexes of a library change nothing: what takes a request, what is ambiguous and what is nearest is as without them. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { matchRequestOf } from "../../../src/cassette/format/request.ts";
import type { CassetteRequest, MatchRule } from "../../../src/cassette/format/types.ts";
import type { Credential } from "../../../src/cassette/match/credentials.ts";
import type { Matchable } from "../../../src/cassette/match/match-key.ts";
import { MatchIndex } from "../../../src/cassette/match/match.ts";
import { parseJsonSource } from "../../../src/util/index.ts";
import { scaled } from "../../support/scaled.ts";
import { ambiguitiesOf, nearestAmong, subsetLists, takersOf } from "./pairwise.ts";

interface Item extends Matchable {
  readonly id: number;
}

/** Values in the spellings of a file. */
const scalar = fc.constantFrom(
  ..."0 -0 0.0 1 1.0 1e0 10e-1 2 true false null {} [] [0] [-0] [1,null]".split(" "),
  ...["", "a", "1", "b", "*", "user-1@example.org", "user-2@example.org", "ann@corp.example"].map((text) =>
    JSON.stringify(text),
  ),
);
const name = fc.constantFrom("a", "b", "c", "0", "*", "length", "__proto__", "user-1@example.org");
const objectOf = (value: fc.Arbitrary<string>, maxKeys: number): fc.Arbitrary<string> =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([member]) => member, maxLength: maxKeys })
    .map((members) => `{${members.map(([member, item]) => `${JSON.stringify(member)}:${item}`).join()}}`);
const json = fc.oneof(
  { weight: 4, arbitrary: objectOf(scalar, 3) },
  // Many that say equally much of the same locations, as recorded ones do.
  { weight: 6, arbitrary: fc.tuple(scalar, scalar).map(([a, b]) => `{"a":${a},"b":[${b}]}`) },
  { weight: 2, arbitrary: objectOf(objectOf(scalar, 2), 2) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }).map((items) => `[${items.join()}]`) },
  { weight: 1, arbitrary: scalar },
);
const JSON_TYPE = ["content-type", "application/json"] as const;
const header = fc.constantFrom<readonly (readonly [string, string])[]>(
  [],
  [],
  [["x-a", "1"]],
  [["x-a", "2"]],
  [["x-a", "user-1@example.org"]],
  [
    ["x-a", "ann@corp.example"],
    ["x-b", "1"],
  ],
);
const body = fc.oneof(
  { weight: 8, arbitrary: json.map((text) => ({ json: parseJsonSource(text) })) },
  { weight: 1, arbitrary: fc.constantFrom("a", "b", "user-1@example.org").map((text) => ({ text })) },
  { weight: 1, arbitrary: fc.constantFrom("a", "b").map((text) => ({ form: [{ name: "n", text }] })) },
  { weight: 1, arbitrary: fc.constant({}) },
);
const target = fc.oneof(
  { weight: 8, arbitrary: fc.constant("/v1/p") },
  { weight: 4, arbitrary: fc.constantFrom("/v1/p?x=1", "/v1/p?x=2", "/v1/p?x=1&x=2", "/v1/p?y=1&x=2") },
  { weight: 1, arbitrary: fc.constantFrom("/v1/user-1@example.org", "/v1/ann@corp.example") },
);
const match = fc.record<MatchRule>(
  {
    body: fc.constant("subset"),
    ignore: fc.subarray(["/a", "/b/0", "/*/a", "/b/*", "/*", "/b", ""], { maxLength: 2 }),
    headers: fc.constantFrom(["x-a"], ["X-A", "x-b"], ["x-b"]),
    play: fc.constantFrom("any", "any", "sequence"),
  },
  { requiredKeys: ["body"] },
);
type Recorded = readonly [request: CassetteRequest, match: MatchRule];
type Sent = Pick<CassetteRequest, "json" | "text" | "form">;
const recordedOf = (
  targets: fc.Arbitrary<string>,
  headers: fc.Arbitrary<readonly (readonly [string, string])[]>,
  bodies: fc.Arbitrary<Sent>,
  rules: fc.Arbitrary<MatchRule>,
): fc.Arbitrary<Recorded> =>
  fc.tuple(targets, headers, bodies, rules).map(([path, pairs, sent, rule]) => [
    {
      method: "POST",
      target: path,
      headers: "json" in sent ? [JSON_TYPE, ...pairs] : pairs,
      ...sent,
    },
    rule,
  ]);
const path = fc.constant("/v1/p");
const subset = fc.constant<MatchRule>({ body: "subset" });
const values = fc.constantFrom("1", "2", "3", "4", "5", "6", "user-1@example.org", "user-2@example.org");
/** All kinds beside each other; or many that say equally much of the same locations, as recorded ones do. */
const kinds: readonly fc.Arbitrary<Recorded>[] = [
  recordedOf(target, header, body, match),
  recordedOf(
    path,
    header,
    fc.tuple(scalar, scalar).map(([a, b]) => ({ json: parseJsonSource(`{"a":${a},"b":[${b}]}`) })),
    match,
  ),
  recordedOf(
    path,
    fc.constant([]),
    fc
      .tuple(scalar, fc.constantFrom("b", "c"))
      .map(([a, member]) => ({ json: parseJsonSource(`{"a":${a},"${member}":1}`) })),
    subset,
  ),
  recordedOf(
    path,
    fc
      .tuple(fc.nat(20), fc.constantFrom("", " user-1@example.org", " user-2@example.org"))
      .map(([number, who]) => [["x-a", `${number}${who}`]]),
    fc.constant({}),
    fc.constantFrom({ body: "subset", headers: ["x-a"] }, { body: "subset", headers: ["x-b"] }),
  ),
  recordedOf(
    fc
      .tuple(fc.constantFrom("x", "y"), values, values)
      .map(([member, one, two]) => `/v1/p?${member}=${one}&x=${two}`),
    fc.constant([]),
    fc.constant({}),
    subset,
  ),
];
const credential = fc.constantFrom<Credential | undefined>(
  undefined,
  undefined,
  { form: "", key: undefined },
  { form: "authorization Bearer ", key: "sk-1" },
  { form: "authorization Bearer ", key: "sk-2" },
);
const library = fc.oneof(
  ...kinds.map((kind) =>
    fc.tuple(
      fc.array(fc.tuple(kind, credential, fc.nat(9)), { maxLength: 60, size: "max" }).map((items) =>
        items.map(([[recorded, rule], key, filled], id): Item => ({
          id,
          request: { ...matchRequestOf(recorded), ...(filled === 0 ? { filled: true } : {}) },
          match: rule,
          credential: key,
        })),
      ),
      fc
        .array(kind, { minLength: 1, maxLength: 3 })
        .map((asked) => asked.map(([one]) => matchRequestOf(one))),
    ),
  ),
);

it("finds what comparing each with each finds, in the same order", () => {
  const ids = (groups: readonly (readonly Item[])[]): number[][] =>
    groups.map((group) => group.map(({ id }) => id));
  fc.assert(
    fc.property(library, ([items, others]) => {
      const index = new MatchIndex<Item>();
      for (const item of items) index.add(item);
      const lists = subsetLists(items);
      const pairs = ambiguitiesOf(lists);
      expect(ids(index.ambiguities(Infinity))).toEqual(ids(pairs));
      expect(ids(index.ambiguities(3))).toEqual(ids(pairs.slice(0, 3)));
      const incoming = [...items.slice(0, 2).map((item) => item.request), ...others];
      for (const one of incoming) {
        const found: (readonly Item[])[] = [];
        index.find(one, ({ members }) => void found.push(members));
        expect(ids(found)).toEqual(ids(takersOf(lists, one)));
        const [nearest, expected] = [index.nearest(one), nearestAmong(items, one)];
        expect([nearest?.item.id, nearest?.differences]).toEqual([expected?.item.id, expected?.differences]);
      }
    }),
    { numRuns: scaled(1000), endOnFailure: true },
  );
});

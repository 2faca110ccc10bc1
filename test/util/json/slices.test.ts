/** Values are found in JSON text without parsing it. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { startsInArray, endOfValue, memberStart } from "../../../src/util/index.ts";
import { scaled } from "../../support/scaled.ts";

it("each element and each member is where parsing finds it", () => {
  const value = fc.jsonValue();
  const indent = fc.constantFrom(undefined, 1, "\t", "\r");
  fc.assert(
    fc.property(fc.array(value), fc.dictionary(fc.string(), value), indent, (items, members, blanks) => {
      const list = JSON.stringify(items, null, blanks);
      const found = [...startsInArray(list, 0)].map((at) => list.slice(at, endOfValue(list, at)));
      expect(found.map((text) => JSON.parse(text) as unknown)).toEqual(JSON.parse(list));
      const object = ` ${JSON.stringify(members, null, blanks)} `;
      for (const [name, item] of Object.entries(members)) {
        const at = memberStart(object, 1, name) ?? -1;
        expect(JSON.parse(object.slice(at, endOfValue(object, at)))).toEqual(
          JSON.parse(JSON.stringify(item)),
        );
      }
      expect(memberStart(object, 1, "no such member")).toBeUndefined();
    }),
    { numRuns: scaled(2000) },
  );
});

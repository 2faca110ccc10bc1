/** Faults as somebody may ask for them: any name, any position, any parameters that are allowed. */
import * as fc from "fast-check";
import type { FaultCall } from "../../src/mock/faults/grammar.ts";
import { FAULTS } from "../../src/mock/faults/kinds/all.ts";
import type { Position } from "../../src/mock/faults/model/fault.ts";

const positions: fc.Arbitrary<Position> = fc.oneof(
  fc.integer({ min: -99, max: 999 }).map((n): Position => ({ at: "event", n })),
  fc.nat({ max: 1e6 }).map((n): Position => ({ at: "byte", n })),
  fc.nat({ max: 1e6 }).map((n): Position => ({ at: "ms", n })),
  fc.constantFrom<Position>({ at: "start" }, { at: "end" }),
);

/** Any call that is valid. */
export const calls: fc.Arbitrary<FaultCall> = fc.constantFrom(...FAULTS).chain((fault) => {
  const values = Object.entries(fault.parameters).map(([name, parameter]) => {
    const value: fc.Arbitrary<string | number | boolean> =
      parameter.kind === "flag"
        ? fc.boolean()
        : parameter.kind === "choice"
          ? fc.constantFrom(...parameter.choices)
          : parameter.kind === "number"
            ? fc.integer({ min: parameter.min, max: parameter.max })
            : parameter.only === "header name"
              ? fc.constantFrom("x-a", "content-type", "Content-Encoding", "date")
              : parameter.only === "header value"
                ? fc.string({ unit: fc.constantFrom(...'aé ,;="\\~+1\t') })
                : fc.oneof(
                    fc.string(),
                    fc.string({ unit: "grapheme" }),
                    fc.constantFrom("a b", 'a"b', "x,y;z~1+2", "\\n"),
                  );
    return fc.option(
      value.map((of) => [name, of] as const),
      { nil: undefined },
    );
  });
  const at = positions.filter((position) => fault.position?.kinds.includes(position.at) ?? false);
  return fc
    .record({
      at: fault.position === undefined ? fc.constant(undefined) : fc.option(at, { nil: undefined }),
      params: fc.tuple(...values),
    })
    .map(({ at: position, params }) => ({
      name: fault.name,
      ...(position === undefined ? {} : { at: position }),
      params: Object.fromEntries(params.filter((pair) => pair !== undefined)),
    }));
});

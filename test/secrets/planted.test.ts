/**
 * Secrets planted under many names, in many forms and places, go through import, scrub and record: none is left in what is written
 * or printed. `GATETAPE_SEED` varies what is planted; `node test/secrets/planted/main.ts` prints tables of what is left.
 */
import { describe, expect, it } from "vitest";
import { HANG_MS } from "../support/limits.ts";
import { FULL, scaled } from "../support/scaled.ts";
import { cassetteOf } from "./planted/exchange.ts";
import { findIn } from "./planted/find.ts";
import { ROUND, plants, sentOf } from "./planted/plant.ts";
import { type Way, WAYS, plantedLeaks } from "./planted/run.ts";
import { countsOf, examples, tableBy } from "./planted/table.ts";

const SEED = Number(process.env["GATETAPE_SEED"] ?? 1);

/** Plants of the full size. */
const PLANTS: Readonly<Record<Way, number>> = { import: 2000, har: 2000, scrub: 2000, record: 500 };

/** The full size takes minutes. */
const TIMEOUT = FULL ? 10 * HANG_MS : HANG_MS;

const share = (count: number): number => scaled(count) / ROUND;
/** The ways that plant many take a third of that in `npm test`. */
const shareThrough = (way: Way): number => share(PLANTS[way]) / (FULL || way === "record" ? 1 : 3);

describe("the search for planted secrets", () => {
  it("sees each of them in a cassette in which nothing was replaced", () => {
    const all = plants(SEED, 1, share(3000));
    const file = cassetteOf(sentOf(all).map(({ id, exchange }) => [id, exchange]));
    const found = new Set(findIn(file, all).map(({ id }) => id));
    const unseen = all.filter(({ id }) => !found.has(id));
    expect(all.length).toBeGreaterThan(200);
    expect(unseen.map(({ id, form, carrier }) => `seed ${SEED}: ${id}, ${form} in ${carrier}`)).toEqual([]);
  });

  it("sees none in the cassette of other ones", () => {
    // Of some thousands of short numbers one stands by chance in another.
    const others = plants(SEED + 1, 1, 200 / ROUND);
    const file = cassetteOf(sentOf(others).map(({ id, exchange }) => [id, exchange]));
    expect(findIn(file, plants(SEED, 1, 300 / ROUND))).toEqual([]);
  });
});

describe.each(WAYS)("planted secrets through %s", (through) => {
  it(
    "are all gone or withheld",
    async () => {
      const part = shareThrough(through);
      const outcomes = await plantedLeaks({ through, seed: SEED, share: part });
      const { planted, gone, refused, left } = countsOf(outcomes);
      if (left + refused > 0)
        console.log(
          `again by: node test/secrets/planted/main.ts --through ${through} --seed ${SEED} --share ${part}\n` +
            `${tableBy("form", outcomes)}\n${examples(outcomes, 30)}`,
        );
      expect({ left, refused }).toEqual({ left: 0, refused: 0 });
      expect(planted).toBeGreaterThan(50);
      // An exchange that is withheld tells nothing of the rules: enough have to come through.
      expect(gone).toBeGreaterThan(planted / 3);
    },
    TIMEOUT,
  );
});

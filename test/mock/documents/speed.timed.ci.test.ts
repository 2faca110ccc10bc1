/** Searches in many chunks. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { cpuMsUntil } from "../../support/cpu.ts";
import { smallest } from "../../support/repeated.ts";
import { Documents, SETUP, idOf, world } from "./support.ts";

const CHUNKS = 10_000;
const LIMIT_MS = 100;

let mock: RunningMock;
let ann: Documents;
beforeAll(async () => {
  const [chat, embed] = world.models;
  if (chat === undefined || embed === undefined) throw new Error("no models");
  // The length of vectors of most models.
  mock = await startMock({
    world: { ...world, models: [chat, { ...embed, dimension: 1024 }] },
    ...SETUP,
  });
  ann = new Documents(mock);
  await ann.collection();
  const text = Array.from({ length: CHUNKS }, (_, i) => `page ${i} on word${i % 997} and town${i % 89}`).join(
    "|",
  );
  const id = idOf(await ann.upload(text, "text/plain", "a.txt", { separators: "|", chunk_size: 10 }));
  const { text: shown } = await ann.call("GET", `/v1/documents/${id}`);
  if (!shown.includes(`"chunks":${CHUNKS}`)) throw new Error(shown);
});
afterAll(() => mock.close());

it.each(["semantic", "lexical", "hybrid"])(
  "a %s search in 10,000 chunks takes 100 ms of CPU time at most",
  async (method) => {
    const took = await smallest(
      () =>
        cpuMsUntil(async () => {
          const found = await ann.search("town7 and word96", { method, limit: 10 });
          expect(found).toHaveLength(10);
        }),
      LIMIT_MS,
    );
    console.log(`${method}: ${Math.round(took)} ms`);
    expect(took).toBeLessThan(LIMIT_MS);
  },
);

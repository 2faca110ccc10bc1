/** Whatever was recorded, each client gets what it got, however sessions and keys are interleaved. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges } from "../../src/cassette/import/import.ts";
import { mergeLog } from "../../src/cassette/log/merge.ts";
import { startMock } from "../../src/mock/mock.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("interleaved");
const KEYS = ["one", "two", "three"].map((name) => `sk-${name}-0123456789abcdef01234567`);

interface Sent {
  readonly path: string;
  readonly body: string;
  /** Index of the key; `undefined` for a request without a credential. */
  readonly key: number | undefined;
  readonly scheme: string;
}
interface Recorded extends Sent {
  readonly status: number;
  readonly answer: number;
}

const sent = {
  path: fc.constantFrom("/v1/x", "/v1/x?offset=1"),
  body: fc.constantFrom("", '{"a":1}', '{"a":"{\\"b\\":1}"}'),
  key: fc.constantFrom(0, 1, 2, undefined),
  scheme: fc.constantFrom("Bearer ", "Bearer ", "bearer "),
};
const recorded: fc.Arbitrary<Recorded> = fc.record({
  ...sent,
  status: fc.constantFrom(200, 200, 401, 403, 500),
  answer: fc.nat(3),
});

const authorization = ({ key, scheme }: Sent): string | undefined =>
  key === undefined ? undefined : scheme + KEYS[key];
const clientOf = (one: Sent): string => JSON.stringify([one.path, one.body, authorization(one)]);

function rawOf(
  one: Sent,
  status: number,
  answer: string,
): { name: string; request: string; response: string } {
  const credential = authorization(one);
  const lines = [
    `${one.body === "" ? "GET" : "POST"} ${one.path} HTTP/1.1`,
    "Host: x",
    ...(credential === undefined ? [] : [`Authorization: ${credential}`]),
    ...(one.body === "" ? [] : ["Content-Type: application/json", `Content-Length: ${one.body.length}`]),
  ];
  return {
    name: "x",
    request: `${lines.join("\r\n")}\r\n\r\n${one.body}`,
    response: `HTTP/1.1 ${status} X\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`,
  };
}

let files = 0;

/** The cassette that a recorder would write, and the labels of the keys in it. */
async function recordingOf(list: readonly Recorded[]): Promise<[file: string, keys: Record<string, string>]> {
  const probes = KEYS.map((_, key): Sent => ({ path: `/probe/${key}`, body: "", key, scheme: "Bearer " }));
  const raw = [
    ...list.map((one) => rawOf(one, one.status, `answer ${one.answer}`)),
    ...probes.map((one) => rawOf(one, 200, "probe")),
  ];
  const about = { title: "x", origin: "recorded", ogl: "0.4.5", recordedWith: "gatetape test" } as const;
  const { interactions } = await importExchanges("x", raw, { about });
  const entries = interactions.map((interaction, id) => ({ id, base: 0, interaction }));
  const cassette = mergeLog(undefined, { about, plan: { how: "replace" }, entries });
  const file = join(folder, `${files++}.cassette.json`);
  writeFileSync(file, printCassette(cassette));
  const keys = KEYS.map((key, i) => {
    const probe = cassette.interactions.find(({ request }) => request.target === `/probe/${i}`);
    const header = probe?.request.headers?.find(([name]) => name === "Authorization");
    return [header?.[1].replace("Bearer ", "") ?? "", key];
  });
  return [file, Object.fromEntries(keys) as Record<string, string>];
}

it("any recording, shuffled and interleaved over sessions and keys, plays each client what it got", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(recorded, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom("", "s1", "s2")), { minLength: 36, maxLength: 36 }),
      fc.constantFrom("off", "default"),
      async (list, turns, world) => {
        const [file, keys] = await recordingOf(list);
        const got = Map.groupBy(list, clientOf);
        // Each session repeats the whole recording, in an order of its own.
        const asked = ["", "s1", "s2"].flatMap((session) => list.map((one) => ({ one, session })));
        const order = asked
          .map((item, i) => ({ item, rank: turns[i]?.[0] ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ item }) => item);
        const counts = new Map<string, number>();
        await using mock = await startMock({
          cassettes: [file],
          keys,
          world,
          strict: true,
          policy: "observe",
        });
        for (const { one, session } of order) {
          const client = `${session} ${clientOf(one)}`;
          const turn = counts.get(client) ?? 0;
          counts.set(client, turn + 1);
          const credential = authorization(one);
          const response = await fetch(mock.url + one.path, {
            method: one.body === "" ? "GET" : "POST",
            headers: {
              ...(session === "" ? {} : { "x-gatetape-session": session }),
              ...(credential === undefined ? {} : { authorization: credential }),
              ...(one.body === "" ? {} : { "content-type": "application/json" }),
            },
            ...(one.body === "" ? {} : { body: one.body }),
          });
          const expected = got.get(clientOf(one))?.[turn];
          expect(`${response.status} ${await response.text()}`).toBe(
            `${expected?.status} answer ${expected?.answer}`,
          );
        }
      },
    ),
    { numRuns: scaled(400) },
  );
});

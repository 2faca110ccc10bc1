import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";

let mock: RunningMock;
beforeAll(async () => {
  mock = await startMock({ cassettes: [], world: "off", policy: "observe" });
});
afterAll(() => mock.close());

interface Problem {
  readonly code: string;
  readonly pointer: string | null;
  readonly line: number | null;
  readonly reason: string;
  readonly fix: string;
}

async function add(body: string): Promise<{ status: number; problem: Problem | undefined }> {
  const response = await fetch(`${mock.url}/__gatetape/interactions`, { method: "POST", body });
  const { problems } = (await response.json()) as { problems?: Problem[] };
  return { status: response.status, problem: problems?.[0] };
}

const stub = (json: string, target = "/v1/x"): string =>
  `{ "name": "n", "request": { "method": "GET", "target": "${target}" },
     "response": { "status": 2e2, "framing": "length", "headers": [["content-length", null]], "body": [{ "json": ${json} }] },
     "waivers": [{ "pointer": "", "reason": "not about the OpenAPI" }] }`;

it("what is added at run time keeps the spelling of its numbers", async () => {
  expect(await add(stub('{ "cost": 9e-06, "sum": 0.0, "id": 12345678901234567890 }'))).toMatchObject({
    status: 201,
  });
  expect(await (await fetch(`${mock.url}/v1/x`)).text()).toBe(
    '{"cost":9e-06,"sum":0.0,"id":12345678901234567890}',
  );
});

it.each<[string, string, Partial<Problem>]>([
  [
    "nests beyond any use",
    stub("[".repeat(100_000) + "]".repeat(100_000)),
    { code: "too-deep", line: 2, pointer: null },
  ],
  [
    "nests without end",
    "[".repeat(1_000_000),
    { code: "too-deep", line: 1, reason: "nested deeper than 512 levels" },
  ],
  ["has a key twice", '{\n"name": "a",\n"name": "b"}', { code: "duplicate-key", line: 3 }],
  ["is no JSON", '{\n"name": }', { code: "not-json", line: 2 }],
  ["is not text", '{\n"name": "\u0000"}', { code: "not-json", line: 2 }],
  [
    "is wrong further down",
    stub("1").replace('"GET"', "5"),
    { code: "schema", pointer: "/interactions/0/request/method", line: null },
  ],
])("what %s is refused with its place, and the mock lives on", async (_, body, expected) => {
  const { status, problem } = await add(body);
  expect(status).toBe(400);
  expect(problem).toMatchObject({ ...expected, fix: expect.stringMatching(/\w/) as string });
  expect((await fetch(`${mock.url}/__gatetape`)).status).toBe(200);
});

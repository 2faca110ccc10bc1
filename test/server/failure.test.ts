import { afterAll, beforeAll, expect, it } from "vitest";
import { specOf } from "../../src/openapi/validate/validators.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { type Listener, listen } from "../../src/server/listen.ts";

let listener: Listener;
const source = {
  answer: (): never => {
    throw new RangeError("out of words");
  },
};
const gateway = createGateway({ spec: specOf("0.4.5"), sources: [source], speed: 1 });
beforeAll(async () => {
  listener = await listen(gateway, { host: "127.0.0.1", port: 0 });
});
afterAll(() => listener.close());

const form = (): FormData => {
  const data = new FormData();
  data.append("model", "m");
  return data;
};

it.each<[string, RequestInit | undefined]>([
  ["of a GET", undefined],
  ["of a body", { method: "POST", body: "{}" }],
  ["of a form, which is read asynchronously", { method: "POST", body: form() }],
])(
  "a source that fails on a request %s is a 500 that says so, and the next request is answered",
  async (_, init) => {
    for (let i = 0; i < 2; i++) {
      const answer = await fetch(`${listener.url}/v1/audio/transcriptions`, init);
      expect([answer.status, await answer.json()]).toEqual([
        500,
        { detail: "gatetape failed on this request: RangeError: out of words" },
      ]);
    }
  },
);

it("also without a socket", async () => {
  const answer = await gateway.fetch(new Request("http://127.0.0.1/health"));
  expect(answer.status).toBe(500);
});

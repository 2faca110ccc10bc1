/** Mocks of a few interactions, and questions to them. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as http from "node:http";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import type {
  CassetteRequest,
  CassetteResponse,
  Interaction,
  MatchRule,
} from "../../src/cassette/format/types.ts";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { temporaryFolder } from "../support/tmp.ts";

export const text = (content: string): CassetteResponse => ({
  status: 200,
  framing: "length",
  headers: [["content-length", null]],
  body: [{ text: content }],
});

/** Whatever is answered: these tests are about finding it. */
export function on(
  request: Partial<CassetteRequest> & { target: string },
  answer: string | CassetteResponse,
  match?: MatchRule,
): Interaction {
  const response = typeof answer === "string" ? text(answer) : answer;
  return {
    name: `answers ${typeof answer === "string" ? answer : JSON.stringify(answer.body ?? "")}`,
    request: { method: "GET", ...request },
    ...(match ? { match } : {}),
    response,
    waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
  };
}

export const JSON_TYPE: readonly (readonly [string, string])[] = [["content-type", "application/json"]];
export const post = (json: unknown, answer: string, match?: MatchRule): Interaction =>
  on({ method: "POST", target: "/v1/p", headers: JSON_TYPE, json }, answer, match);

/** Makes the function that starts mocks for the tests of a file; each is closed after its test. */
export function mocksOf(
  name: string,
): (interactions: readonly Interaction[], options?: MockOptions) => Promise<RunningMock> {
  const folder = temporaryFolder(name);
  const mocks: RunningMock[] = [];
  afterEach(async () => {
    for (const mock of mocks.splice(0).toReversed()) await mock.close();
  });
  let count = 0;
  return async (interactions, options = {}) => {
    const file = join(folder, `${count++}.cassette.json`);
    const about = { title: "t", origin: "written", ogl: "0.4.5" };
    writeFileSync(file, JSON.stringify({ cassette: 1, about, interactions }));
    const mock = await startMock({ cassettes: [file], world: "off", policy: "observe", ...options });
    mocks.push(mock);
    return mock;
  };
}

export interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly json?: unknown;
}

/** Asks on a connection of its own; gives the body of what answers, `miss` for a miss. */
export async function ask(
  mock: RunningMock,
  { method, target, headers, body, json }: Asked,
): Promise<string> {
  const {
    status,
    headers: answered,
    content,
  } = await exchange(mock, { method, target, headers, body, json } as Asked);
  if (answered["x-gatetape-miss"] === undefined) return content;
  expect([status, answered["x-gatetape-miss"]]).toEqual([400, "1"]);
  return "miss";
}

export async function exchange(
  mock: RunningMock,
  { method, target, headers, body, json }: Asked,
): Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; content: string }> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const request = http.request({
    port: mock.port,
    host: "127.0.0.1",
    agent: false,
    method: method ?? (sent === undefined ? "GET" : "POST"),
    path: target,
    headers: { ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
  });
  request.end(sent);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let content = "";
  for await (const part of response) content += (part as Buffer).toString();
  return { status: response.statusCode, headers: response.headers, content };
}

export const wants = async (mock: RunningMock, ...requested: Asked[]): Promise<string[]> => {
  const answers: string[] = [];
  for (const one of requested) answers.push(await ask(mock, one));
  return answers;
};
export const p = (json: unknown, headers?: Record<string, string>): Asked => ({
  target: "/v1/p",
  json,
  ...(headers ? { headers } : {}),
});

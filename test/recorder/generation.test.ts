/** The generation of an upstream, as its OpenAPI says it. */
import { existsSync } from "node:fs";
import * as http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { serveProcess } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("generation");
const OGL = JSON.stringify({ openapi: "3.1.0", info: { title: "OpenGateLLM", version: "0.4.1" }, paths: {} });
const ADVICE =
  "/openapi.json of the upstream says OGL 0.4.1, and its answers are held against 0.4.5: say --ogl 0.4.1";

let upstream: http.Server;
let url: string;
let requests: http.IncomingMessage[];
let document: string;
let count = 0;
let file: string;
beforeEach(async () => {
  requests = [];
  document = OGL;
  file = join(folder, `${count++}.cassette.json`);
  upstream = http.createServer((request, response) => {
    requests.push(request);
    response.writeHead(200, { "content-type": "application/json" }).end(document);
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterEach(() => void upstream.close().closeAllConnections());

/** Starts a recorder; gives it with the next message of its. */
async function started(
  options: Partial<RecorderOptions>,
): Promise<{ recorder: RunningRecorder; said: Promise<string> }> {
  let say: (message: string) => void;
  const said = new Promise<string>((resolve) => (say = resolve));
  const onEvent = (event: RecorderEvent): void => {
    if (event.event === "trouble") say(event.message);
  };
  return { recorder: await startRecorder({ upstream: `${url}/v1`, out: file, onEvent, ...options }), said };
}

it("is asked for once, without a credential, and not recorded", async () => {
  const { recorder, said } = await started({ askGeneration: true, upstreamKey: "correct-horse-battery" });
  expect(await said).toBe(ADVICE);
  expect((await recorder.finish()).stats).toMatchObject({ requests: 0, recorded: 0 });
  expect(requests.map((request) => request.url)).toEqual(["/openapi.json"]);
  expect(JSON.stringify(requests[0]?.headers)).not.toMatch(/authorization|correct-horse/);
  expect(existsSync(file)).toBe(false);
});

it("is what an answer to a client says", async () => {
  const { recorder, said } = await started({});
  await (await fetch(`${recorder.url}/openapi.json`)).text();
  expect(await said).toBe(ADVICE);
  await recorder.finish();
  expect(requests).toHaveLength(1);
  expect(loadCassette(file).cassette.interactions).toHaveLength(1);
});

it.each([
  ["is the one that answers are held against", OGL.replace("0.4.1", "0.4.5")],
  ["is of another server", OGL.replace("OpenGateLLM", "vLLM")],
  ["is no JSON", "<html>"],
])("is not spoken of if it %s", async (_, text) => {
  document = text;
  const { recorder, said } = await started({});
  await (await fetch(`${recorder.url}/openapi.json`)).text();
  await recorder.finish();
  expect(await Promise.race([said, Promise.resolve("nothing")])).toBe("nothing");
});

it.each([
  ["asks for it", [], ["/openapi.json", "/v1/models"]],
  ["does not ask if one was given", ["--ogl", "0.4.5"], ["/v1/models"]],
])("the command %s", async (_, more, paths) => {
  const recorder = serveProcess([
    "record",
    "--upstream",
    url,
    "--out",
    file,
    "--port",
    "0",
    "--json",
    ...more,
  ]);
  const { ready } = JSON.parse(await recorder.line((line) => line.startsWith('{"ready"'))) as {
    ready: { url: string };
  };
  await (more.length === 0 ? recorder.line((line) => line.includes("says OGL 0.4.1")) : undefined);
  await (await fetch(`${ready.url}/v1/models`)).text();
  await recorder.stop();
  expect(requests.map((request) => request.url)).toEqual(paths);
});

/** Starts the image given as argument through gatetape/testcontainers, and asks it as a client does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatetapeContainer } from "../../src/testcontainers.ts";

const image = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "gatetape-testcontainers-"));
const response = {
  status: 200,
  framing: "length",
  headers: [
    ["content-length", null],
    ["content-type", "application/json"],
  ],
  body: [{ json: { status: "from my cassette" } }],
};
const interactions = [{ name: "health", request: { method: "GET", target: "/health" }, response }];
const about = { title: "health", origin: "written", ogl: "0.4.1" };
writeFileSync(join(folder, "health.cassette.json"), JSON.stringify({ cassette: 1, about, interactions }));

const started = await new GatetapeContainer(image)
  .withCassettes(folder)
  .withOgl("0.4.1")
  .withSpeed("instant")
  .start();
try {
  const root = started.baseUrl("one").replace(/\/v1$/, "");
  const { status } = (await (await fetch(`${root}/health`)).json()) as { status: string };
  if (status !== "from my cassette") throw new Error(`it says ${status}`);
  const open = await fetch(`${started.url()}/__gatetape/journal?session=one`);
  if (open.status !== 401) throw new Error(`the control API answers ${open.status} without its token`);
  const journal = await (await started.control("/journal?session=one")).text();
  if (!journal.includes('"target":"/health"')) throw new Error(`the journal is ${journal}`);
} finally {
  await started.stop();
  rmSync(folder, { recursive: true });
}

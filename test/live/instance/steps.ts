import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Ran, gatetape, ready, serve } from "../../support/cli.ts";
import type { Instance } from "./instance.ts";

export interface StepResult {
  readonly result: "ok" | "FAIL" | "skipped";
  /** What came of it, or why it was skipped; may be empty. */
  readonly words: string;
}

type Step = (instance: Instance, folder: string) => Promise<StepResult>;

const WORLD = resolve(import.meta.dirname, "../../../ci/ogl/world.json");
const CLIENT = resolve(import.meta.dirname, "client.ts");

/** The steps, in their order: later ones use what earlier ones have made. */
export const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ["provision", provision],
  ["drift of the OpenAPI", driftOfOpenApi],
  ["record", record],
  ["lint of the recording", lint],
  ["drift from the recording", driftFromRecording],
  ["server suite", serverSuite],
  ["client through the pair", pair],
];

const judged = ({ code, stdout, stderr }: Ran): StepResult => ({
  result: code === 0 ? "ok" : "FAIL",
  words: code === 0 ? (stdout.trim().split("\n").at(-1) ?? "") : `exit code ${code}\n${stdout}${stderr}`,
});

/** Environment of the commands: the key of the tester, where one was made. */
function withToken(folder: string, { token }: Instance): { env: Record<string, string> } {
  return { env: { OGL_TOKEN: keyOf(folder, "tester") ?? token } };
}

function keyOf(folder: string, name: string): string | undefined {
  try {
    const { keys } = JSON.parse(readFileSync(join(folder, "keys.json"), "utf8")) as {
      keys: Record<string, string>;
    };
    return keys[name];
  } catch {
    return undefined;
  }
}

async function provision({ url, token, modelUrl }: Instance, folder: string): Promise<StepResult> {
  if (modelUrl === undefined) return { result: "skipped", words: "the instance is not ours to write to" };
  const args = [
    "--url",
    url,
    "--world",
    WORLD,
    "--model-url",
    modelUrl,
    "--keys-file",
    join(folder, "keys.json"),
  ];
  return judged(await gatetape(["provision", "--apply", ...args], { env: { OGL_TOKEN: token } }));
}

async function driftOfOpenApi(instance: Instance): Promise<StepResult> {
  return judged(await gatetape(["drift", "--url", instance.url]));
}

async function record(instance: Instance, folder: string): Promise<StepResult> {
  const out = join(folder, "recorded");
  const args = [
    "--upstream",
    instance.url,
    "--out",
    out,
    "--upstream-key-env",
    "OGL_TOKEN",
    "--port",
    "0",
    "--json",
  ];
  const recorder = serve(["record", ...args], withToken(folder, instance));
  const { base } = await ready(recorder);
  try {
    await sendRequests(base);
  } finally {
    await recorder.stop();
  }
  const last = JSON.parse(recorder.lines.at(-1) ?? "{}") as { readonly [member: string]: unknown };
  return { result: "ok", words: JSON.stringify(last).slice(0, 120) };
}

/** Sends the requests that are recorded: the models, and a chat and vectors of the first that can. */
async function sendRequests(base: string): Promise<void> {
  const response = await fetch(`${base}/models`);
  if (!response.ok) throw new Error(`GET /v1/models answered ${response.status}`);
  const { data } = (await response.json()) as { data: { id: string; type: string }[] };
  const modelOf = (type: string): string | undefined => data.find((model) => model.type === type)?.id;
  const send = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
  };
  const [chat, embeddings] = [modelOf("text-generation"), modelOf("text-embeddings-inference")];
  const messages = [{ role: "user", content: "Say one word." }];
  if (chat !== undefined) {
    await send("/chat/completions", { model: chat, messages, max_tokens: 8 });
    await send("/chat/completions", { model: chat, messages, max_tokens: 8, stream: true });
  }
  if (embeddings !== undefined) await send("/embeddings", { model: embeddings, input: "one word" });
}

async function lint(_: Instance, folder: string): Promise<StepResult> {
  return judged(await gatetape(["cassette", "lint", join(folder, "recorded")]));
}

async function driftFromRecording(instance: Instance, folder: string): Promise<StepResult> {
  const args = [
    "--url",
    instance.url,
    "--key-env",
    "OGL_TOKEN",
    "--cassettes",
    join(folder, "recorded"),
    "--fail-on",
    "breaking",
  ];
  return judged(await gatetape(["drift", ...args], withToken(folder, instance)));
}

async function serverSuite(instance: Instance, folder: string): Promise<StepResult> {
  const args = ["server", "--url", instance.url, "--key-env", "OGL_TOKEN"];
  const ran = await gatetape(args, withToken(folder, instance));
  return ran.stderr.includes("unknown command 'server'")
    ? { result: "skipped", words: "this gatetape has no command server" }
    : judged(ran);
}

async function pair(instance: Instance, folder: string): Promise<StepResult> {
  const args = [
    "gate",
    "--upstream",
    instance.url,
    "--upstream-key-env",
    "OGL_TOKEN",
    "--",
    process.execPath,
    CLIENT,
  ];
  return judged(await gatetape(args, withToken(folder, instance)));
}

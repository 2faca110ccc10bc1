/**
 * Every adapter that is installed answers by the protocol, against the mock: who it is, a stream, one that breaks off, a
 * cancelled one, goodbye. What their clients make of it is printed; it is the client suite that judges that.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { type ListedAdapter, ROOT, isInstalled, listedAdapters } from "../../scripts/verdicts/installed.ts";
import { startMock } from "../../src/mock/mock.ts";

interface Outcome {
  readonly final: { readonly text: string | null; readonly finishReason: string | null } | null;
  readonly events: number | null;
  readonly error: { readonly kind: string; readonly message?: string | null } | null;
}
interface Answer {
  readonly hello?: {
    readonly protocol: number;
    readonly client: { readonly version: string };
    readonly base: string;
  };
  readonly result?: { readonly id: string; readonly outcome: Outcome };
}

const PATIENCE_MS = 60_000;
class Conversation {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor({ command: [program, ...args] }: ListedAdapter) {
    this.#child = spawn(program, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(message: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error("it ended without an answer");
      if (value.startsWith("{")) return JSON.parse(value) as Answer;
    }
  }

  async stream(baseUrl: string, model: string, control: object = {}): Promise<Outcome> {
    const params = { model, messages: [{ role: "user", content: "hi" }] };
    const run = {
      id: model,
      operation: "chat.stream",
      baseUrl,
      apiKey: "sk-test",
      params,
      control,
      deadlineMs: 9000,
    };
    const { result } = await this.ask({ run });
    if (result?.id !== model) throw new Error(`${model}: it answered something else`);
    return result.outcome;
  }

  async leave(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.stdin.write('{"bye":{}}\n');
    const [code] = (await exit) as [number | null];
    if (code !== 0) throw new Error(`it left with ${code}`);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

function expect(what: string, holds: boolean, outcome: Outcome): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(outcome)}`);
}

async function talk(conversation: Conversation, url: string): Promise<string> {
  const { hello } = await conversation.ask({ hello: { protocol: 1, runner: "gatetape" } });
  if (hello?.protocol !== 1) throw new Error("it did not say hello");
  const base = hello.base === "root" ? url : `${url}/v1`;
  const whole = await conversation.stream(base, "t-ok");
  expect("a stream", whole.final?.text === "Hello, world!" && whole.error === null, whole);
  const broken = await conversation.stream(base, "t-die-mid");
  expect("a stream that breaks off", broken.final?.text === "Hello,", broken);
  const left = await conversation.stream(base, "t-slow", { cancelAfter: { events: 1 } });
  expect("a stream that is left", left.events === 1, left);
  const cancelled = await conversation.stream(base, "t-hang", { cancelAfter: { ms: 50 } });
  expect("a cancelled one", cancelled.error?.kind === "abort", cancelled);
  await conversation.leave();
  return `${hello.client.version}; broken off: ${broken.error?.kind ?? `no error, ${broken.final?.finishReason}`}`;
}

/** Clients that send more than was recorded (LangChain: `stream_options`) get the same answers. */
async function answerAnyway(url: string): Promise<void> {
  const file = `${ROOT}/cassettes/0.4.5/chat-stream.cassette.json`;
  const { interactions } = JSON.parse(readFileSync(file, "utf8")) as {
    interactions: { name: string; request: { client?: number } }[];
  };
  const names = new Set(["stream-plain", "stream-up-die-mid", "stream-slow", "stream-up-hang"]);
  const wanted = interactions.filter(({ name }) => names.has(name));
  // The list of clients stays in the file: their headers are not compared.
  const body = JSON.stringify(
    wanted.map((one) => ({
      ...one,
      request: { ...one.request, client: undefined },
      match: { body: "subset" },
    })),
  );
  const response = await fetch(`${url}/__gatetape/interactions`, { method: "POST", body });
  if (!response.ok || wanted.length !== names.size) throw new Error(await response.text());
}

const mock = await startMock();
await answerAnyway(mock.url);
let wrong = 0;
for (const adapter of listedAdapters()) {
  if (!isInstalled(adapter)) {
    console.log(`${adapter.name}: left out, it is not installed`);
    continue;
  }
  const conversation = new Conversation(adapter);
  try {
    const late = after(PATIENCE_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no end after ${PATIENCE_MS} ms`);
    });
    console.log(`${adapter.name} ${await Promise.race([talk(conversation, mock.url), late])}`);
  } catch (error) {
    wrong += 1;
    console.log(`${adapter.name}: ${String(error)}`);
  } finally {
    conversation.kill();
  }
}
await mock.close();
process.exitCode = wrong === 0 ? 0 : 1;

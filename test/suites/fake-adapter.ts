/**
 * An adapter that misbehaves as it is told to: by its first argument from the start, or in one run by that run's model.
 * The second argument is how many runs it takes at once.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

interface Run {
  readonly id: string;
  readonly session?: string;
  readonly baseUrl: string;
  readonly params: { readonly model: string };
}

interface Message {
  readonly hello?: object;
  readonly run?: Run;
  readonly cancel?: { readonly id: string };
  readonly close?: { readonly session: string };
  readonly bye?: object;
}

const [, , mode = "good", concurrency = "1"] = process.argv;
const print = (text: string): void => void process.stdout.write(text);
const say = (message: object): void => print(`${JSON.stringify(message)}\n`);
const result = (id: string, text: string): object => ({ result: { id, outcome: { final: { text } } } });

const HELLO = {
  protocol: mode === "protocol-2" ? 2 : 1,
  client: { name: "fake", version: mode === "env" ? (process.env["FAKE_VERSION"] ?? "0") : "0" },
  operations: ["chat.create"],
  capabilities: ["cancel", "retries"],
  concurrency: Number(concurrency),
  ...(mode === "root" ? { base: "root" } : {}),
};

if (mode === "silent-exit") process.exitCode = 7;
else {
  if (mode === "deaf") process.on("SIGTERM", () => {});
  if (mode === "noisy") {
    print("starting up\n\nwarning: { is not the first character here\n");
    process.stderr.write("x".repeat(3_000_000));
  }
  createInterface({ input: process.stdin }).on("line", (line) => hear(JSON.parse(line) as Message));
  // Without this a deaf one would end with its stdin.
  if (mode === "deaf") setInterval(() => {}, 1000);
}

function hear(message: Message): void {
  if (message.hello)
    say(mode === "bad-hello" ? { hello: { ...HELLO, operations: "all" } } : { hello: HELLO });
  if (message.run) void make(message.run);
  if (message.cancel && mode === "obeys-cancel") say(result(message.cancel.id, ""));
  if (message.bye && mode !== "deaf") process.exitCode = 0;
}

async function make({ id, baseUrl, params }: Run): Promise<void> {
  const response = await fetch(`${baseUrl}${mode === "root" ? "/v1" : ""}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...params, messages: [] }),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  const text = choices[0]?.message.content ?? "";
  switch (params.model) {
    case "hang":
      return;
    case "crash":
      process.stderr.write("Segmentation fault, as it were");
      end(139);
      break;
    case "exit-after":
      process.stdout.write(`${JSON.stringify(result(id, text))}\n`, () => end(0));
      return;
    case "garbage":
      print(`{garbage ${id}\n`);
      return;
    case "wrong-type":
      say({ result: { id, outcome: { events: "3" } } });
      return;
    case "unknown-member":
      say({ result: { id, outcome: { txt: text } } });
      return;
    case "half-lines":
      return byHalves(`${JSON.stringify(result(id, text))}\n`);
    case "huge":
      print(`${JSON.stringify(result(id, text))}${" ".repeat(15_000_000)}\n`);
      return;
    case "too-huge":
      print(`${JSON.stringify(result(id, text))}${" ".repeat(17_000_000)}\n`);
      return;
    case "twice":
      say(result(id, text));
      say(result(id, text));
      return;
    case "unasked":
      say(result(`${id}-other`, text));
      return;
    case "skips":
      say({ skipped: { id, reason: "not in the mood" } });
      return;
    case "fails":
      say({ failed: { id, message: "the client has no such method" } });
      return;
    case "forks":
    case "forks-away": {
      const detached = params.model === "forks-away";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
        stdio: "inherit",
        detached,
      });
      say(result(id, `pid ${child.pid}`));
      return;
    }
    default:
      say(result(id, text));
  }
}

function end(code: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- to end in the middle of its work is what it is for
  process.exit(code);
}

/** Cut inside the line, and inside a character of it. */
function byHalves(line: string): void {
  const bytes = Buffer.from(line);
  const middle = bytes.indexOf(0xc3) + 1;
  process.stdout.write(bytes.subarray(0, middle), () => {
    setImmediate(() => process.stdout.write(bytes.subarray(middle)));
  });
}

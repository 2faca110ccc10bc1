/**
 * A correct client whose process takes SLOW_MS to start, and makes one run at a time. It hangs in runs whose model is HANG_ON,
 * before it sends anything; with HANG_ONCE, a file, only if the file does not exist yet. DIES_AT `run` ends each process at its
 * first run, `answer` after its request.
 */
import { existsSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

interface Message {
  readonly hello?: object;
  readonly run?: {
    readonly id: string;
    readonly baseUrl: string;
    readonly params: { readonly model: string };
  };
  readonly bye?: object;
}

const { SLOW_MS = "0", HANG_ON, HANG_ONCE, DIES_AT } = process.env;
const say = (message: object): void => console.log(JSON.stringify(message));

await sleep(Number(SLOW_MS));
createInterface({ input: process.stdin }).on("line", (line) => hear(JSON.parse(line) as Message));

function hear({ hello, run, bye }: Message): void {
  if (hello)
    say({
      hello: { protocol: 1, client: { name: "slow-start", version: "1" }, operations: ["chat.create"] },
    });
  if (bye) process.stdin.destroy();
  if (run) void make(run);
}

async function make({ id, baseUrl, params }: NonNullable<Message["run"]>): Promise<void> {
  if (DIES_AT === "run") die();
  if (params.model === HANG_ON && isFirstHang()) return;
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...params, messages: [] }),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  if (DIES_AT === "answer") die();
  say({ result: { id, outcome: { final: { text: choices[0]?.message.content ?? null } } } });
}

function isFirstHang(): boolean {
  if (HANG_ONCE === undefined) return true;
  const first = !existsSync(HANG_ONCE);
  writeFileSync(HANG_ONCE, "");
  return first;
}

function die(): void {
  process.stderr.write("exec: my-client: not found\n");
  // oxlint-disable-next-line unicorn/no-process-exit -- to end in the middle of its work is what it is for
  process.exit(127);
}

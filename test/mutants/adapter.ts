/** The reference client, or the mutant of it that the command line names, behind the adapter protocol. */
import { createInterface } from "node:readline";
import type { ClientRun } from "../../src/suites/model/driver.ts";
import type { Mutation } from "./mutants.ts";
import { referenceDriver } from "./reference.ts";

interface Message {
  readonly hello?: object;
  readonly run?: ClientRun;
  readonly cancel?: { readonly id: string };
  readonly bye?: object;
}

const { run, ...hello } = referenceDriver(process.argv[2] as Mutation | undefined);
const running = new Map<string, AbortController>();
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line) as Message;
  if (message.hello) say({ hello: { protocol: 1, ...hello, concurrency: 4 } });
  if (message.run) void answer(message.run);
  if (message.cancel) running.get(message.cancel.id)?.abort();
  if (message.bye) process.stdin.destroy();
});

async function answer(requested: ClientRun): Promise<void> {
  const stop = new AbortController();
  running.set(requested.id, stop);
  try {
    say({ result: { id: requested.id, outcome: await run(requested, stop.signal) } });
  } catch (error) {
    say({ failed: { id: requested.id, message: String(error) } });
  } finally {
    running.delete(requested.id);
  }
}

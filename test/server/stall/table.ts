/** Prints the effect of each nasty request on other clients: `node test/server/stall/table.ts [PART OF A NAME]`. */
import { type ServedProcess, ready, serveProcess } from "../../support/cli.ts";
import { attack, isRight, warmUp } from "./attack.ts";
import { NASTY } from "./nasty.ts";

const TIMEOUT_MS = 60_000;
const [part = ""] = process.argv.slice(2);
const start = async (): Promise<{ server: ServedProcess; port: number; pid: number }> => {
  const server = serveProcess(["mock", "--port", "0", "--json", "--quiet", "--speed", "instant"]);
  const { port } = await ready(server);
  await warmUp({ port, pid: 0 });
  return { server, port, pid: server.child.pid ?? 0 };
};
let mock = await start();
process.stdout.write(
  "| request | status | bytes | took ms | others waited ms | main thread ms | RSS MB |\n|---|---|---|---|---|---|---|\n",
);
for (const nasty of NASTY.filter(({ name }) => name.includes(part))) {
  const effect = await attack(mock, nasty, TIMEOUT_MS);
  const { status, bytes, text, ms, waited, stall, rssMb } = effect;
  const verdict = isRight(nasty, effect) ? status : `**${status}**`;
  const cells = [nasty.name, verdict, bytes, ms.toFixed(0), waited.toFixed(0), stall.toFixed(0), rssMb];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
  if (!isRight(nasty, effect)) process.stderr.write(`${text}\n`);
  if (status === 0) {
    await mock.server.stop("SIGKILL");
    mock = await start();
  }
}
await mock.server.stop("SIGKILL");

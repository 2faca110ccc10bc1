/** Prints the effect of each nasty request on other clients: `node test/server/stall/table.ts [PART OF A NAME]`. */
import { ready, serveProcess } from "../../support/cli.ts";
import { attack } from "./attack.ts";
import { NASTY } from "./nasty.ts";

const TIMEOUT_MS = 20_000;
const [part = ""] = process.argv.slice(2);
let server = serveProcess(["mock", "--port", "0", "--json", "--quiet"]);
let { port } = await ready(server);
process.stdout.write(
  "| request | status | bytes | took ms | others waited ms | main thread ms | RSS MB |\n|---|---|---|---|---|---|---|\n",
);
for (const nasty of NASTY.filter(({ name }) => name.includes(part))) {
  const { status, bytes, text, ms, waited, stall, rssMb } = await attack(
    { port, pid: server.child.pid ?? 0 },
    nasty,
    TIMEOUT_MS,
  );
  const cells = [nasty.name, status, bytes, ms.toFixed(0), waited.toFixed(0), stall.toFixed(0), rssMb];
  process.stdout.write(
    `| ${cells.join(" | ")} |${status >= 400 ? ` ${text.slice(0, Number(process.env["SHOWN"] ?? 120)).replaceAll("\n", " ")}` : ""}\n`,
  );
  if (status === 0 || stall > TIMEOUT_MS / 2) {
    server.child.kill("SIGKILL");
    server = serveProcess(["mock", "--port", "0", "--json", "--quiet"]);
    ({ port } = await ready(server));
  }
}
await server.stop("SIGKILL");

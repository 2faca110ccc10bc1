/** The nearest other mock, installed when the bench needs it: aimock is no dependency of gatetape. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Subject } from "./subjects.ts";
import { CHUNKS, QUESTION, STREAM_QUESTION } from "./workloads.ts";

const PACKAGE = "@copilotkit/aimock";
/** The version that the committed table was made with. */
export const AIMOCK_VERSION = "1.43.0";
const INSTALL_TIMEOUT_MS = 180_000;
const WORD = " mot00";

/** Starts it with the same kinds of answers as the bench's cassettes: its own forms, of about the same size. */
const PROGRAM = `
import { LLMock } from "${PACKAGE}";
const [question, streamQuestion, content, latency] = JSON.parse(process.argv[2]);
const mock = new LLMock({ host: "127.0.0.1", port: 0, logLevel: "silent", chunkSize: ${WORD.length}, latency });
mock.onMessage(streamQuestion, { content });
mock.onMessage(question, { content: "La capitale de la France est Paris, qui compte environ 2,1 millions d'habitants." });
const embedding = Array.from({ length: 768 }, (_, i) => Number(Math.sin(i).toFixed(8)));
mock.onEmbedding(/passage/, { embedding });
await mock.start();
process.stdout.write(JSON.stringify({ ready: { port: mock.port } }) + "\\n");
process.once("SIGTERM", () => process.exit());
`;

/** @returns how to start it with so many ms between two chunks; `undefined`, with a line on stderr, if it can't be installed */
export async function installAimock(): Promise<((latencyMs: number) => Subject) | undefined> {
  const folder = join(tmpdir(), `gatetape-bench-aimock-${AIMOCK_VERSION}-${userInfo().uid}`);
  const program = join(folder, "server.mjs");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(join(folder, "node_modules", PACKAGE, "package.json"))) {
      process.stderr.write(`installing ${PACKAGE} ${AIMOCK_VERSION} into ${folder}\n`);
      writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
      const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${PACKAGE}@${AIMOCK_VERSION}`];
      await promisify(execFile)("npm", args, { cwd: folder, timeout: INSTALL_TIMEOUT_MS });
    }
    writeFileSync(program, PROGRAM);
  } catch (error) {
    process.stderr.write(`without aimock: ${(error as Error).message}\n`);
    return undefined;
  }
  return (latencyMs) => {
    const content = WORD.repeat(CHUNKS - 2);
    return {
      name: "aimock",
      args: [program, JSON.stringify([QUESTION, STREAM_QUESTION, content, latencyMs])],
    };
  };
}

/** An adapter whose every text is its first argument. With `dies` it ends before its hello. */
import { createInterface } from "node:readline";

const [, , evil = "", mode] = process.argv;
const say = (message: object): void => console.log(JSON.stringify(message));

process.stderr.write(`${evil}\n`);
console.log(evil);
if (mode === "dies") process.exitCode = 1;
else
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { hello, run, bye } = JSON.parse(line) as { hello?: object; run?: { id: string }; bye?: object };
    const client = { name: evil, version: evil, language: evil, runtime: evil };
    if (hello) say({ hello: { protocol: 1, client, operations: ["models.list"] } });
    if (run)
      say({ result: { id: run.id, outcome: { models: [evil], error: { kind: "other", message: evil } } } });
    if (bye) process.stdin.destroy();
  });

/**
 * A command that ignores SIGINT, SIGTERM and SIGHUP, and has started others that do so: in its own group, in sessions of
 * their own, and there without any environment. `node stubborn.ts FILE`: each of them writes its pid as a line of FILE; the command
 * prints `up` and its own pid when all have.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const file = process.argv[2] ?? "";
const deaf = `trap '' INT TERM HUP; echo $$ >>'${file}'; while :; do /bin/sleep 0.2; done`;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
await fetch(`${process.env["OPENAI_BASE_URL"]}/models`).then((answer) => answer.text());

const start = (detached: boolean, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void =>
  void spawn("/bin/sh", args, { detached, env, stdio: "ignore" }).unref();
start(false, ["-c", deaf]);
start(true, ["-c", deaf]);
start(true, ["-c", deaf], {});
// In a session of its own, and its parent has ended.
start(true, ["-c", `/bin/sh -c "$0" &`, deaf]);

while (readFileSync(file, "utf8").split("\n").length - 1 < 4) await sleep(20);
console.log(`up ${process.pid}`);
setInterval(() => {}, 1000);

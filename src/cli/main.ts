#!/usr/bin/env node
import * as nodeModule from "node:module";

/** Time (ms) that a reader has to take the last of the output of a command that a signal has ended. */
const DRAIN_MS = 500;

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 22) {
  // Printed here, before loading any module that an old Node cannot parse.
  process.stderr.write(
    `gatetape: this is Node ${process.versions.node}, gatetape needs Node 22.22 or newer: ` +
      "install a newer Node; in a checkout, npm start and npm exec bring their own\n",
  );
  process.exitCode = 2;
} else if (process.argv.length === 3 && /^(?:-V|--version)$/.test(process.argv[2] ?? "")) {
  // Asked by scripts and package managers: the commands are not loaded for it.
  const { version } = await import("../util/index.ts");
  process.stdout.on("error", () => {}); // the reader has seen enough
  process.stdout.write(`${version()}\n`);
} else {
  // Keeps compiled modules between runs, which saves a tenth of the start time.
  nodeModule.enableCompileCache();
  // First, and by itself: who has started this process is looked up before the rest takes its time to load.
  const signals = (await import("./process-signals.ts")).processSignals();
  for (const output of [process.stdout, process.stderr])
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
      // A reader that has seen enough (`gatetape … | head`) or a closed terminal ends a command that only prints; one that
      // serves others goes on without it.
      if (!signals.isAwaited()) process.exit();
    });
  const { run, invocationOf } = await import("./cli.ts");
  process.exitCode = await run(process.argv, {
    // Opened on first use: once Node has made a stream of a pipe, a child process can no longer inherit it well.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get cwd() {
      return process.cwd();
    },
    signal: new AbortController().signal,
    onSignal: signals.onSignal,
    invocation: invocationOf(process.argv, process.env, process.cwd()),
    inheritable: true,
  });
  // A pipe that nobody reads would keep a command that was told to end from it.
  if (signals.isHeard()) setTimeout(() => process.exit(), DRAIN_MS).unref();
}

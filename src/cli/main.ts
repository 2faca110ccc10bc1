#!/usr/bin/env node
import * as nodeModule from "node:module";

/** Time (ms) that a reader has for the last of the output after a signal. */
const UNREAD_MS = 300;

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 22) {
  // Printed here, before loading any module that an old Node cannot parse.
  process.stderr.write(
    `gatetape: this is Node ${process.versions.node}, gatetape needs Node 22.22 or newer: ` +
      "install a newer Node; in a checkout, npm start and npm exec bring their own\n",
  );
  process.exitCode = 2;
} else {
  /** Number of subscriptions to signals. A command that has some is a server or a run, which goes on without a reader. */
  let subscriptions = 0;
  let signalled = false;
  // A reader that has seen enough (`gatetape … | head`) closes the pipe, which is not an error.
  const readerLeft = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    if (subscriptions === 0) process.exit();
  };
  process.stdout.on("error", readerLeft);
  process.stderr.on("error", readerLeft);
  // Keeps compiled modules between runs, which saves a third of the start time.
  nodeModule.enableCompileCache();
  const { run, invocationOf, onProcessSignals } = await import("./cli.ts");
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
    onSignal: (names, listener) => {
      const unsubscribe = onProcessSignals(names, (name) => {
        signalled = true;
        listener(name);
      });
      subscriptions++;
      return () => {
        subscriptions--;
        unsubscribe();
      };
    },
    invocation: invocationOf(process.argv, process.env, process.cwd()),
    inheritable: true,
  });
  if (signalled) {
    // Output that nobody reads would keep the process alive.
    await new Promise<void>((written) => {
      process.stdout.write("", () => written());
      setTimeout(written, UNREAD_MS);
    });
    process.exit();
  }
}

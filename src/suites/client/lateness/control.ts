/**
 * The control process: a client that does nothing wrong, so that its delays are the machine's. On a fixed schedule it
 * sends a line to the runner, which echoes it, and it reports with the next line how late (ms) the echo was. Its argument
 * is the runner's port; it ends with the connection.
 */
import { connect } from "node:net";
import { CONTROL_EVERY_MS } from "./schedule.ts";

const socket = connect(Number(process.argv[2]), "127.0.0.1");
let due = performance.now();
let late = 0;
let timer: NodeJS.Timeout | undefined;

function send(): void {
  socket.write(`${late.toFixed(1)}\n`);
}

socket.setNoDelay(true);
socket.on("connect", send);
socket.on("data", () => {
  const now = performance.now();
  late = Math.max(0, now - due);
  due = Math.max(now, due + CONTROL_EVERY_MS);
  timer = setTimeout(send, due - now);
});
socket.on("close", () => clearTimeout(timer));
socket.on("error", () => {});

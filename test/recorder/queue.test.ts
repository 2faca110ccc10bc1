import { beforeEach, expect, it } from "vitest";
import type { WorkerJob } from "../../src/recorder/model/types.ts";
import type { ToThread } from "../../src/recorder/worker/messages.ts";
import { ThreadQueue } from "../../src/recorder/worker/queue.ts";

const MIB = 1024 * 1024;
const jobOf = (id: number): WorkerJob => ({
  id,
  request: new Uint8Array(0),
  reads: [],
  end: "complete",
  endAt: 0,
});

let posted: ToThread[];
let made: number[];
let queue: ThreadQueue;
beforeEach(() => {
  posted = [];
  made = [];
  queue = new ThreadQueue((message) => posted.push(message));
});

function addJob(id: number, mebibytes: number, recording = 1): void {
  queue.add({
    recording,
    job: { id, size: mebibytes * MIB },
    make: () => {
      made.push(id);
      return { message: { recording, take: jobOf(id) } };
    },
  });
}

const order = (): (number | string)[] =>
  posted.map((message) => ("take" in message ? message.take.id : Object.keys(message).join()));

it("hands small jobs on at once", () => {
  for (const id of [1, 2, 3]) addJob(id, 0.1);
  expect(order()).toEqual([1, 2, 3]);
});

it("makes a large job when the thread has no other, and keeps the order of all that comes after it", () => {
  addJob(1, 10);
  addJob(2, 10);
  queue.add({ recording: 1, make: () => ({ message: { recording: 1, closed: 2 } }) });
  addJob(3, 0.1);
  expect(made).toEqual([1]);
  queue.done(1, 1);
  expect(order()).toEqual([1, 2, "recording,closed"]);
  queue.done(1, 2);
  expect(order()).toEqual([1, 2, "recording,closed", 3]);
});

it("goes on with other recordings when one has ended with jobs that were never worked on", () => {
  addJob(1, 10);
  addJob(1, 10, 2);
  queue.ended(1);
  expect(posted).toHaveLength(2);
});

import * as net from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IdleLimit } from "../../../src/asgi/h11/idle.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

it("closes a connection that is idle since its last answer, not since the first", () => {
  const socket = new net.Socket();
  const limit = new IdleLimit(socket, 100);
  limit.begin();
  vi.advanceTimersByTime(60);
  limit.end();
  limit.begin();
  vi.advanceTimersByTime(99);
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(socket.destroyed).toBe(true);
});

it("leaves a connection alone that has a request, and judges it again after that", () => {
  const socket = new net.Socket();
  const limit = new IdleLimit(socket, 100);
  limit.begin();
  limit.end();
  vi.advanceTimersByTime(10_000);
  expect([socket.destroyed, vi.getTimerCount()]).toEqual([false, 0]);
  limit.begin();
  vi.advanceTimersByTime(100);
  expect(socket.destroyed).toBe(true);
});

it("leaves no timer behind, and of 0 ms has none", () => {
  const limit = new IdleLimit(new net.Socket(), 100);
  limit.begin();
  limit.stop();
  new IdleLimit(new net.Socket(), 0).begin();
  expect(vi.getTimerCount()).toBe(0);
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { ListenError } from "../../src/server/listen-error.ts";

async function refusalOf(options: { readonly host?: string; readonly port: number }): Promise<ListenError> {
  try {
    await using _ = await startMock({ ...options, cassettes: [] });
  } catch (error) {
    if (error instanceof ListenError) return error;
    throw error;
  }
  throw new Error("it listens");
}

it("says which port is in use, and keeps the system's error", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const { code, reason, fix, cause } = await refusalOf({ port });
    expect({ code, reason, fix }).toEqual({
      code: "in-use",
      reason: `port ${port} of 127.0.0.1 is in use`,
      fix: "stop what listens there, or choose another with --port (0 takes any free one)",
    });
    expect(cause).toMatchObject({ code: "EADDRINUSE" });
  } finally {
    other.close();
  }
});

it("says that an address is not this machine's", async () => {
  const { code, message } = await refusalOf({ host: "192.0.2.1", port: 0 });
  expect({ code, message }).toEqual({
    code: "unavailable",
    message: "can't listen on 192.0.2.1 port 0: EADDRNOTAVAIL\n  fix: choose another with --host or --port",
  });
});

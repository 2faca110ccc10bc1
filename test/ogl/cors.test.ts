import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";

const origin = "https://app.example.org";

describe("--cors", () => {
  let open: RunningMock;
  let closed: RunningMock;
  beforeAll(async () => {
    open = await startMock({ cors: true, speed: Infinity });
    closed = await startMock({ speed: Infinity });
  });
  afterAll(async () => {
    await open.close();
    await closed.close();
  });

  const preflight = (mock: RunningMock, path: string): Promise<Response> =>
    fetch(`${mock.url}${path}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
      },
    });

  it("answers a preflight, and lets the page read answers and refusals", async () => {
    const allowed = await preflight(open, "/v1/chat/completions");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
    for (const authorization of ["Bearer sk-x", ""]) {
      const answer = await fetch(`${open.url}/v1/models`, { headers: { origin, authorization } });
      expect([answer.headers.get("access-control-allow-origin"), answer.status]).toEqual([
        "*",
        authorization ? 200 : 401,
      ]);
    }
  });

  it("changes nothing for clients that are no page, and leaves the control API closed", async () => {
    const plain = await fetch(`${open.url}/v1/models`, { headers: { authorization: "Bearer sk-x" } });
    expect([...plain.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect((await preflight(open, "/__gatetape/journal")).status).toBe(403);
  });

  it("is off by default, as OGL has it", async () => {
    expect((await preflight(closed, "/v1/chat/completions")).status).toBe(405);
    const answer = await fetch(`${closed.url}/v1/models`, {
      headers: { origin, authorization: "Bearer sk-x" },
    });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  });
});

/** OGL's own faults against what a real OGL sent: head, chunks and bytes. */
import { describe, expect, it } from "vitest";
import { asgiResponse } from "../../../src/asgi/index.ts";
import type { Script } from "../../../src/http/script.ts";
import { applyFaults } from "../../support/apply-faults.ts";
import { type Parsed, parseResponse, readCaptures } from "../../support/captures.ts";
import { jsonScript, scriptOf, write, writesOf } from "../../support/fault-scripts.ts";

const captures = new Map(readCaptures().map((capture) => [capture.name, capture]));

function captured(name: string): Parsed {
  const capture = captures.get(name);
  if (capture === undefined) throw new Error(`no capture ${name}`);
  return parseResponse(capture.response);
}

/** What a script sends, in the words in which a capture is read. */
function sent(script: Script): unknown {
  const body = writesOf(script.ops);
  const size = body.reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    status: `HTTP/1.1 ${script.head?.status} ${script.head?.reason}`,
    headers: (script.head?.headers ?? [])
      .filter(([name]) => name !== "date")
      .map(([name, value]) => `${name}: ${value ?? (name === "content-length" ? size : "chunked")}`),
    writes: body.map((bytes) => bytes.toString()),
  };
}

function real({ statusLine, headers, body, chunks }: Parsed): unknown {
  return {
    status: statusLine,
    headers: headers.filter((line) => !line.startsWith("date:")),
    writes: (chunks ?? [body]).map((bytes) => bytes.toString()),
  };
}

/** The stream that the capture breaks off, as it would have gone on. */
const streamOf = (name: string, kept: number): Script => {
  const chunks = captured(name).chunks ?? [];
  const answer = scriptOf([...chunks.slice(0, kept).map((bytes) => write(bytes)), write("data: [DONE]\n\n")]);
  return {
    ...answer,
    head: answer.head && { ...answer.head, headers: [["server", "uvicorn"], ...answer.head.headers] },
  };
};
const anyStream = scriptOf([write("data: {}\n\n")]);
const anyJson = jsonScript("{}");

describe("a fault of OGL's sends what OGL sent", () => {
  it.each<[capture: string, fault: string, script: Script]>([
    ["stream-up-die-mid", "ogl-busy@3", streamOf("stream-up-die-mid", 3)],
    ["stream-up-hang-mid", "ogl-busy@3:error=ReadTimeout", streamOf("stream-up-hang-mid", 3)],
    ["stream-up-hang", "ogl-busy@start:error=ReadTimeout", anyStream],
    ["chat-up-hang", "ogl-busy@start:error=ReadTimeout", anyJson],
    ["chat-up-die-mid-json", "ogl-busy@start", anyJson],
    ["stream-up-refused", "ogl-unavailable", anyStream],
    ["chat-up-refused", "ogl-unavailable", anyJson],
    ["stream-up-empty-stream", "ogl-500", anyStream],
    ["stream-up-e429", "ogl-upstream", anyStream],
    ["stream-up-e500", 'ogl-upstream:code=500,body=flat,message="Internal server error"', anyStream],
    ["stream-up-e503-html", "ogl-upstream:code=503,body=html", anyStream],
    ["chat-up-e429", "ogl-upstream", anyJson],
    ["chat-up-e500-text", 'ogl-upstream:code=500,body=text,message="Internal Server Error"', anyJson],
    ["limit-rpm2-3", "ogl-limit", anyStream],
    ["chat-array-root", "ogl-500", asgiResponse(200, Buffer.from("{}"))],
    ["chat-unknown-model", 'status:code=404,message="Model not found."', anyJson],
    ["chat-trailing-slash", "redirect:location=http://127.0.0.1:18000/v1/chat/completions", anyJson],
  ])("%s by %s", (name, fault, script) => {
    const expected = real(captured(name)) as { writes: string[] };
    const got = sent(applyFaults(script, fault)) as { writes: string[] };
    // vLLM's and our own words for the type of an error differ; its page has other text.
    const bare = (text: string): string => text.replace(/"type":"\w+"/, '"type":"…"');
    expect({ ...got, writes: got.writes.map(bare) }).toEqual({
      ...expected,
      writes: expected.writes.map(bare).filter((text) => text !== ""),
    });
  });

  it("an unhandled exception closes the connection", () => {
    expect(applyFaults(anyJson, "ogl-500").ops.at(-1)).toEqual({ op: "close" });
    expect(captures.get("chat-array-root")?.end).toMatch(/EOF by server/);
  });

  it("a provider's error in mid-stream is relayed, then copied into the usage chunk", () => {
    const got = writesOf(applyFaults(streamOf("stream-up-miderror", 3), "ogl-error-relay@3").ops);
    const expected = captured("stream-up-miderror").chunks ?? [];
    const bare = (bytes: Buffer): string =>
      bytes.toString().replace(/"cost": 0\.0, "carbon": \{[^}]*\}/, "…");
    expect(got.map(bare)).toEqual(expected.map(bare));
  });

  it("an event with U+2028 in it comes in two", () => {
    const chunks = captured("stream-up-u2028").chunks ?? [];
    const half = chunks.findIndex((bytes) => !bytes.toString().startsWith("data: "));
    const [first = "", second = ""] = [chunks[half - 1], chunks[half]].map(
      (bytes) => bytes?.toString() ?? "",
    );
    const whole = `${first.trimEnd()}${second}`;
    const got = writesOf(applyFaults(scriptOf([write(whole)]), "ogl-cut-line@1").ops).map(String);
    expect(got.map((text) => text.replaceAll(/[a-f]/g, "?"))).toEqual(
      [first, second].map((text) => text.replaceAll(/[a-f]/g, "?")),
    );
  });
});

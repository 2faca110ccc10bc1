import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/exchange/answer.ts";
import { answeredByText } from "../../../src/exchange/answered-by.ts";
import { chat, chatStream } from "../../../src/mock/synthesizer/chat/chat.ts";
import { countTokens } from "../../../src/ogl/tokens.ts";
import { scaled } from "../../support/scaled.ts";
import { MODEL, addedUp, request, bytesOf, chunksOf, eventsOf, jsonOf, user } from "./support.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const time = { type: "function", function: { name: "get_time", description: "The time in a city" } };

const text = fc.oneof(
  fc.string({ maxLength: 60, unit: "grapheme" }),
  fc.constantFrom(
    "hi",
    "What is the capital of France?",
    "Comment faire du pain ?",
    "Write a python function that sorts a list",
    "Give me 5 ideas for lunch",
    "What's the weather in Lyon? And the time?",
    "é😀 <|endoftext|>\u2028",
  ),
);
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: text }),
  fc.record({ role: fc.constant("tool"), tool_call_id: fc.constant("c1"), content: text }),
  text.map((part) => ({
    role: "user",
    content: [
      { type: "text", text: part },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
    ],
  })),
);
const format = fc.constantFrom(
  { type: "json_object" },
  { type: "text" },
  {
    type: "json_schema",
    json_schema: { name: "a", schema: { type: "object", properties: { x: { type: "integer" } } } },
  },
);
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });
const body = fc.record(
  {
    messages: fc.array(message, { maxLength: 4 }),
    n: optional(fc.integer({ min: 1, max: 3 })),
    stop: optional(
      fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.array(fc.constantFrom(" the", "a", ",", ":"), { maxLength: 3 }),
      ),
    ),
    max_tokens: optional(fc.integer({ min: 1, max: 40 })),
    max_completion_tokens: optional(fc.integer({ min: 1, max: 40 })),
    logprobs: optional(fc.boolean()),
    top_logprobs: optional(fc.integer({ min: 0, max: 20 })),
    tools: optional(fc.subarray([weather, time])),
    tool_choice: optional(
      fc.constantFrom<unknown>("none", "auto", "required", null, {
        type: "function",
        function: { name: "get_weather" },
      }),
    ),
    parallel_tool_calls: optional(fc.boolean()),
    response_format: optional(format),
    seed: optional(fc.integer()),
  },
  { requiredKeys: ["messages"] },
);
const generation = fc.constantFrom("0.4.1" as const, "0.4.5" as const, "next" as const);

describe("a chat", () => {
  it("is in a stream what it is in JSON", () => {
    fc.assert(
      fc.property(body, generation, fc.boolean(), (given, ogl, include) => {
        const json = chat(request(given, { ogl }));
        const stream = chatStream(
          request({ ...given, stream: true, stream_options: { include_usage: include } }, { ogl }),
        );
        const status = json.script.head?.status;
        expect(stream.script.head?.status).toBe(status);
        expect(stream.by).toEqual(json.by);
        if (status !== 200) return;
        const completion = jsonOf(json);
        const chunks = chunksOf(stream);
        expect(addedUp(chunks)).toEqual(
          completion.choices.map(({ index, message: answer, logprobs, finish_reason, stop_reason }) => ({
            index,
            message: {
              role: answer.role,
              content: answer.content,
              reasoning_content: answer.reasoning_content,
              tool_calls: answer.tool_calls,
            },
            // An empty list of tokens has no chunk to be in.
            logprobs: logprobs?.content.length === 0 ? null : logprobs,
            finish_reason,
            stop_reason,
          })),
        );
        expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set([completion.id]));
      }),
      { numRuns: scaled(300) },
    );
  });

  it("counts as OGL counts, and its usage adds up", () => {
    fc.assert(
      fc.property(body, generation, (given, ogl) => {
        const json = chat(request(given, { ogl }));
        if (json.script.head?.status !== 200) return;
        const { usage, choices } = jsonOf(json);
        const first = choices[0]?.message.content?.trim() ?? "";
        // The first choice as often as there are choices, on lines of their own (observed: chat-n2).
        const all = Array.from({ length: choices.length }, () => first)
          .join("\n")
          .trim();
        expect(usage.completion_tokens).toBe(all === "" ? 0 : (countTokens(all) ?? 0));
        expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
        expect(usage.cost).toBeCloseTo((usage.prompt_tokens + 2 * usage.completion_tokens) / 1e6, 9);

        const chunks = chunksOf(chatStream(request({ ...given, stream: true }, { ogl })));
        const counted = chunks
          .flatMap((chunk) => chunk.choices.map(({ delta }) => delta.content?.trim() ?? ""))
          .reduce((sum, part) => sum + (part === "" ? 0 : (countTokens(part) ?? 0)), 0);
        const last = chunks.at(-1)?.usage;
        expect([last?.completion_tokens, last?.total_tokens]).toEqual([
          counted,
          usage.prompt_tokens + counted,
        ]);
      }),
      { numRuns: scaled(200) },
    );
  });

  it("has logprobs that agree with what is said", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 20 }), (content, top) => {
        const given = { messages: user(content), logprobs: true, top_logprobs: top };
        const [choice] = jsonOf(chat(request(given))).choices;
        const tokens = choice?.logprobs?.content ?? [];
        expect(tokens.map(({ token }) => token).join("")).toBe(choice?.message.content);
        for (const { token, logprob, bytes, top_logprobs: listed } of tokens) {
          expect(Buffer.from(bytes).toString("utf8")).toBe(token);
          expect(listed.length).toBe(top);
          if (top === 0) continue;
          expect(listed[0]).toMatchObject({ token, logprob });
          expect(listed.map((entry) => entry.logprob)).toEqual(
            listed.map((entry) => entry.logprob).toSorted((a, b) => b - a),
          );
          expect(listed.reduce((sum, entry) => sum + Math.exp(entry.logprob), 0)).toBeLessThanOrEqual(1);
          expect(new Set(listed.map((entry) => entry.token)).size).toBe(top);
        }
      }),
      { numRuns: 60 },
    );
    expect(jsonOf(chat(request({ messages: user("hi") }))).choices[0]?.logprobs).toBeNull();
  });

  it("stops at the first of its sequences, and after so many tokens, whichever comes first", () => {
    const question = { messages: user("What is the history of France?") };
    const whole = jsonOf(chat(request(question))).choices[0]?.message.content ?? "";
    const word = ` ${whole.split(" ")[8]}`;
    const at = whole.indexOf(word);
    expect(at).toBeGreaterThan(0);
    const stopped = jsonOf(chat(request({ ...question, stop: ["never said", word] }))).choices[0];
    expect(stopped).toMatchObject({
      message: { content: whole.slice(0, at) },
      finish_reason: "stop",
      stop_reason: word,
    });
    for (const limit of [
      { max_tokens: 3 },
      { max_completion_tokens: 3 },
      { max_tokens: 9, max_completion_tokens: 3 },
    ]) {
      const [cut] = jsonOf(chat(request({ ...question, ...limit, stop: word }))).choices;
      expect(cut).toMatchObject({ finish_reason: "length", stop_reason: null });
      expect(whole.startsWith(cut?.message.content ?? "-")).toBe(true);
      expect(countTokens(cut?.message.content ?? "")).toBe(3);
    }
    const roomy = jsonOf(chat(request({ ...question, max_tokens: 5000 }))).choices[0];
    expect(roomy).toMatchObject({ message: { content: whole }, finish_reason: "stop", stop_reason: null });
  });

  it("takes limits that say nothing for none, as an upstream that does not mind", () => {
    const whole = jsonOf(chat(request({ messages: user("hi") }))).choices;
    for (const odd of [
      { max_tokens: 0 },
      { max_tokens: -5 },
      { max_tokens: "x" },
      { n: 0 },
      { stop: "" },
      { stop: [] },
    ])
      expect(jsonOf(chat(request({ messages: user("hi"), ...odd }))).choices).toEqual(whole);
  });

  it("gives choices that differ", () => {
    const { choices } = jsonOf(chat(request({ messages: user("Tell me about bees and honey"), n: 4 })));
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(new Set(choices.map(({ message: completion }) => completion.content)).size).toBeGreaterThan(1);
  });

  it("takes what no chat is made of", () => {
    for (const messages of [
      [],
      ["hi"],
      [{ role: "user" }],
      [null, 5],
      [{ role: 7, content: { a: 1 } }],
      "x",
      undefined,
    ])
      expect(chat(request({ messages })).script.head?.status).toBe(200);
  });
});

describe("its frame", () => {
  const question = { messages: user("hi"), stream: true };
  const notified = { respond: { reply: { content: "Hello, world!" } } };

  it("is OGL's: compact chunks with the provider's name, then one as Python prints it, with the usage", () => {
    const events = eventsOf(chatStream(request(question, notified.respond)));
    expect(events.map((event) => event.replaceAll(/[0-9a-f]{32}/g, "ID"))).toEqual([
      '{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1760000000,"model":"provider/m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null,"token_ids":null}]}',
      ...["Hello", ",", " world", "!"].map(
        (part) =>
          `{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1760000000,"model":"provider/m","choices":[{"index":0,"delta":{"content":"${part}"},"logprobs":null,"finish_reason":null,"token_ids":null}]}`,
      ),
      '{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1760000000,"model":"provider/m","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","token_ids":null}]}',
      '{"id": "chatcmpl-ID", "object": "chat.completion.chunk", "created": 1760000000, "model": "provider/m", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 4, "total_tokens": 5, "cost": 9e-06, "carbon": {"kWh": 0.0, "kgCO2eq": 0.0}, "requests": 1}}',
      "[DONE]",
    ]);
  });

  it("has the upstream's usage too where it is asked for, and with each chunk", () => {
    const usages = (options: object): unknown[] =>
      chunksOf(chatStream(request({ ...question, stream_options: options }, notified.respond))).map(
        ({ usage }) => usage,
      );
    expect(usages({ include_usage: true }).slice(-3)).toEqual([
      undefined,
      { prompt_tokens: 11, total_tokens: 15, completion_tokens: 4, prompt_tokens_details: null },
      expect.objectContaining({ prompt_tokens: 1, completion_tokens: 4, cost: 0.000009 }),
    ]);
    expect(usages({ include_usage: true, continuous_usage_stats: true }).slice(1, 3)).toEqual([
      { prompt_tokens: 11, total_tokens: 12, completion_tokens: 1 },
      { prompt_tokens: 11, total_tokens: 13, completion_tokens: 2 },
    ]);
  });

  it("is of each generation", () => {
    const usageOf = (ogl: "0.4.1" | "0.4.5" | "next"): unknown[] => {
      const { usage, model } = jsonOf(chat(request({ messages: user("hi") }, { ogl })));
      return [model, Object.keys(usage)];
    };
    const counts = ["prompt_tokens", "completion_tokens", "total_tokens", "cost"];
    expect(usageOf("0.4.1")).toEqual(["alias", [...counts, "carbon", "requests"]]);
    expect(usageOf("0.4.5")).toEqual(["alias", [...counts, "carbon", "impacts", "requests"]]);
    expect(usageOf("next")).toEqual(["alias", [...counts, "impacts"]]);
    const next = eventsOf(chatStream(request(question, { ogl: "next", ...notified.respond })));
    expect(next[1]).toMatch(
      /^\{"id": "[0-9a-f]{32}", "object": "chat.completion.chunk", "created": 1760000000, "model": "m", /,
    );
  });

  it("spells what is not ASCII in the upstream's chunks as it is, and in OGL's as escapes", () => {
    const reply = { content: "é" };
    const of = (ogl: "0.4.1" | "next"): string => bytesOf(chatStream(request(question, { ogl, reply })));
    expect(of("0.4.1")).toContain('"content":"é"');
    expect(of("next")).toContain('"content": "\\u00e9"');
  });

  it("is torn where the real one tears it", () => {
    const answer = chatStream(request(question, { reply: { content: "a\u2028b" } }));
    const whole = bytesOf(answer);
    expect(whole).not.toContain("\u2028");
    expect(whole).toMatch(/"delta":\{"content":"[^"]*\n\n/);
    expect(whole.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(bytesOf(chat(request({ messages: user("hi") }, { reply: { content: "a\u2028b" } })))).toContain(
      "a\u2028b",
    );
  });

  it("carries what a config's respond says, thoughts and calls too", () => {
    const reply = {
      reasoning: "Let me see.",
      content: "Yes.",
      toolCalls: [{ name: "f", arguments: { a: [1, "x"] } }],
      finishReason: "content_filter",
    };
    const [choice] = jsonOf(chat(request(question, { reply }))).choices;
    expect(choice).toMatchObject({
      message: {
        content: "Yes.",
        reasoning_content: "Let me see.",
        tool_calls: [{ function: { name: "f", arguments: '{"a": [1, "x"]}' } }],
      },
      finish_reason: "content_filter",
    });
    expect(addedUp(chunksOf(chatStream(request(question, { reply }))))[0]?.message).toMatchObject({
      content: "Yes.",
      reasoning_content: "Let me see.",
    });
    const refused = { reply: { error: { status: 413, message: "too much" } } };
    expect(headAndBody(chat(request(question, refused)))).toEqual([
      "413 Request Entity Too Large",
      '{"detail":"too much"}',
    ]);
    expect(headAndBody(chatStream(request(question, refused)))).toEqual([
      "413 Request Entity Too Large",
      '{"object":"error","message":"too much","type":"BadRequestError","param":null,"code":413}',
    ]);
  });
});

function headAndBody(answer: Answer): [string, string] {
  const { head } = answer.script;
  return [`${head?.status} ${head?.reason}`, bytesOf(answer)];
}

describe("calls", () => {
  const question = { messages: user("What is the weather in Lyon?"), tools: [time, weather] };
  const called = (more: object, ogl: "0.4.1" | "0.4.5" | "next" = "0.4.5"): unknown[] => {
    const { choices } = jsonOf(chat(request({ ...question, ...more }, { ogl })));
    return (
      choices[0]?.message.tool_calls.map(({ function: { name, arguments: args } }) => [
        name,
        JSON.parse(args),
      ]) ?? []
    );
  };
  const why = (more: object, ogl: "0.4.1" | "0.4.5" | "next" = "0.4.5"): string =>
    answeredByText(chat(request({ ...question, ...more }, { ogl })).by);

  it("are none without tool_choice in 0.4.x, and the journal says so; later ones mean auto", () => {
    expect(called({}, "0.4.1")).toEqual([]);
    expect(called({}, "0.4.5")).toEqual([]);
    expect(why({}, "0.4.1")).toMatch(/no tool called: without tool_choice OGL 0\.4\.1 sends none$/);
    expect(called({}, "next")).toEqual([["get_weather", { city: "Lyon" }]]);
  });

  it.each<[string, object, unknown[]]>([
    ["none", { tool_choice: "none" }, []],
    ["null", { tool_choice: null }, []],
    ["auto", { tool_choice: "auto" }, [["get_weather", { city: "Lyon" }]]],
    ["required", { tool_choice: "required" }, [["get_weather", { city: "Lyon" }]]],
    ["a name", { tool_choice: { type: "function", function: { name: "get_time" } } }, [["get_time", {}]]],
    [
      "allowed tools",
      { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [time] } } },
      [["get_time", {}]],
    ],
    ["auto without tools", { tools: [], tool_choice: "auto" }, []],
    ["auto with OGL's own tool", { tools: [{ type: "search", collections: [1] }], tool_choice: "auto" }, []],
  ])("follow tool_choice: %s", (_, more, expected) => {
    expect(called(more)).toEqual(expected);
  });

  it("end, with auto, when there is a result to speak of, and not with required", () => {
    const call = { id: "c1", type: "function", function: { name: "get_weather", arguments: "{}" } };
    const messages = [
      ...question.messages,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "sunny, 21 °C" },
    ];
    const answer = jsonOf(chat(request({ ...question, messages, tool_choice: "auto" })));
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { tool_calls: [] } });
    expect(answer.choices[0]?.message.content).toMatch(/get_weather.*sunny, 21 °C/);
    expect(called({ messages, tool_choice: "required" })).toHaveLength(1);
  });

  it("are several where they may be, those that the question speaks of", () => {
    const both = { messages: user("The weather and the time in Lyon?"), tool_choice: "auto" };
    expect(called({ ...both, parallel_tool_calls: true }).map((call) => (call as string[])[0])).toEqual([
      "get_time",
      "get_weather",
    ]);
    expect(called(both)).toHaveLength(1);
  });

  it("have arguments that keep to the parameters, ids of their own, and no content", () => {
    const { choices } = jsonOf(
      chat(request({ ...question, tool_choice: "required", parallel_tool_calls: true, n: 2 })),
    );
    const ids = choices.flatMap(({ message: completion }) => completion.tool_calls.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^chatcmpl-tool-[0-9a-f]{32}$/);
    expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  });

  it("of a function that is not there are refused as an upstream refuses them", () => {
    const answer = chat(
      request({ ...question, tool_choice: { type: "function", function: { name: "nope" } } }),
    );
    expect(headAndBody(answer)[0]).toBe("400 Bad Request");
    expect(jsonOf<{ detail: string }>(answer).detail).toContain("tool_choice");
  });

  it("are cut by max_tokens like anything else", () => {
    const { choices } = jsonOf(chat(request({ ...question, tool_choice: "required", max_tokens: 2 })));
    expect(choices[0]?.finish_reason).toBe("length");
  });
});

describe("the same request", () => {
  it("gets the same answer, whatever the order of its keys", () => {
    const given = { seed: 1, messages: user("Tell me about rivers") };
    const turned = Object.fromEntries(Object.entries(given).toReversed());
    expect(bytesOf(chat(request(turned)))).toBe(bytesOf(chat(request(given))));
  });

  it("gets another one with another seed or model", () => {
    const given = { messages: user("Tell me about rivers, lakes and the sea") };
    const texts = [1, 2, 3, 4, 5].map(
      (seed) => jsonOf(chat(request({ ...given, seed }))).choices[0]?.message.content,
    );
    expect(new Set(texts).size).toBeGreaterThan(2);
    const other = jsonOf(chat(request(given, { model: { ...MODEL, id: "other" } })));
    expect(other.id).not.toBe(jsonOf(chat(request(given))).id);
  });
});

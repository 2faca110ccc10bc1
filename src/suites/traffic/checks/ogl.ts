/** Checks of what OGL takes and then does otherwise than a client of OpenAI expects. */
import { generationOf } from "../../../ogl/index.ts";
import { type Observed, type TrafficCheck, eachExchange, lineOf, observedBody } from "../model/index.ts";

export const OGL_CHECKS: readonly TrafficCheck[] = [
  {
    id: "ogl/tool-choice",
    says: "sends tool_choice with tools",
    level: "should",
    needs: "wire",
    why: "OGL 0.4.x sends tool_choice: none upstream where the client sends none, so no tool is ever called. OpenAI takes it for auto.",
    evidence: ["tools/ogl-tool-choice-sent", "observed on 0.4.1: chat-tools-nochoice, stream-tools-nochoice"],
    seenIf: "a chat with tools is asked of OGL 0.4.x",
    test: eachExchange(
      (exchange, { spec }) => generationOf(spec.version).toolChoice === "none" && hasTools(exchange),
      (exchange) =>
        observedBody(exchange)?.["tool_choice"] === undefined
          ? [`${lineOf(exchange)}: tools without tool_choice; send "tool_choice": "auto"`]
          : [],
    ),
  },
  {
    id: "ogl/encoding-format",
    says: "asks for embeddings as numbers, not as base64",
    level: "should",
    needs: "wire",
    why: "OGL can't read the base64 that it asks its upstream for, and answers a bare 500. OpenAI's SDKs ask for base64 unless they are told.",
    evidence: [
      "observed on 0.4.1: emb-base64; on a 0.4.1 with the schemas of 0.4.5: 045p-emb emb-base64",
      "openai/openai-python#1490",
    ],
    seenIf: "embeddings are asked for",
    test: eachExchange(isEmbedding, (exchange) =>
      observedBody(exchange)?.["encoding_format"] === "base64" && !isRefusedBySchema(exchange)
        ? [`${lineOf(exchange)}: encoding_format is base64; send "encoding_format": "float"`]
        : [],
    ),
  },
];

function hasTools(exchange: Observed): boolean {
  if (exchange.recorded || exchange.operation?.startsWith("chat.") !== true) return false;
  const tools = observedBody(exchange)?.["tools"];
  return Array.isArray(tools) && tools.length > 0;
}

function isEmbedding({ operation, recorded }: Observed): boolean {
  return !recorded && operation === "embeddings.create";
}

/** Whether the OpenAPI itself forbids base64: then `request/schema` says so. */
function isRefusedBySchema({ findings }: Observed): boolean {
  return findings.some(({ pointer }) => pointer === "/encoding_format");
}

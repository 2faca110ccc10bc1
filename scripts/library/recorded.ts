import { readFileSync } from "node:fs";
import type { Cassette, MatchRule } from "../../src/cassette/format/types.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { Sanitizer } from "../../src/secrets/index.ts";

/** Which captures of the real 0.4.1 stand in the bundled library, by cassette. */
interface Selection {
  readonly cassette: string;
  readonly title: string;
  readonly file: string;
  /** Every exchange of the file for which this says true. */
  readonly take: (name: string) => boolean;
}

/**
 * The library holds what an upstream or the gateway's data decide. What a gateway computes by itself is not in it (no
 * key, no access, no route, validation, limits, budgets), nor a second answer to the same request under another key.
 */
const SELECTION: readonly Selection[] = [
  {
    cassette: "chat",
    title: "Chat completions as JSON, and the errors of upstreams",
    file: "chat.jsonl",
    take: (name) =>
      !/-root$|-(masterkey|empty-object|max-completion-str|missing-messages|missing-model|legacy-completions|no-v1-prefix|noaccess-badfields|search-no-args|stream-string|tools-badtype|trailing-slash|unknown-model.*|wrong-model-type)$/.test(
        name,
      ),
  },
  {
    cassette: "chat-stream",
    title: "Chat completions as streams, also those that go wrong",
    file: "stream.jsonl",
    take: (name) =>
      !/-(accept-gzip|accept-sse|conn-close|http10|masterkey|missing-messages|unknown-model|wrong-type)$/.test(
        name,
      ),
  },
  {
    cassette: "embeddings",
    title: "Embeddings",
    file: "emb.jsonl",
    take: (name) =>
      /-(array|array-of-empty|dimensions|dimensions-str|extra|float|string|tei-array-mock|tei-string-mock|tokens|trailing-slash|upstream-413|upstream-bad)$/.test(
        name,
      ),
  },
  {
    cassette: "models",
    title: "Models",
    file: "models.jsonl",
    take: (name) => /^models-(get|get-alias-slash|get-embed|list|list-query)$/.test(name),
  },
  {
    cassette: "chat-seven-tokens",
    title: "A prompt of seven tokens, for limits per token",
    file: "limit.jsonl",
    take: (name) => name === "limit-tpm20-1",
  },
  { cassette: "rerank", title: "Rerank", file: "rerank.jsonl", take: (name) => name === "rerank-vllm" },
  { cassette: "monitoring", title: "Health", file: "misc.jsonl", take: (name) => name === "misc-health" },
  {
    cassette: "busy",
    title: "A model whose quality-of-service limit is reached",
    file: "qos.jsonl",
    take: (name) => name === "qos-busy-json",
  },
];

/** Lists answer whatever their page says; the pages that were recorded are more specific. */
const MATCH: Readonly<Record<string, MatchRule>> = {
  "models-list": { body: "subset" },
};

const captures = new URL("../../test/captures/", import.meta.url);

/** The recorded half of the library, by cassette name. */
export async function recordedCassettes(): Promise<Map<string, Cassette>> {
  const made = new Map<string, Cassette>();
  for (const { cassette, title, file, take } of SELECTION) {
    const about = {
      title,
      origin: "recorded",
      ogl: "0.4.1",
      recordedWith: "a raw socket",
      recordedAt: "2026-11-21",
      credentials: "any",
    } as const;
    const exchanges = parseExchanges(file, readFileSync(new URL(file, captures), "utf8")).filter(({ name }) =>
      take(name),
    );
    const imported = await importExchanges(file, exchanges, { about, sanitizer: sanitizer() });
    const interactions = imported.interactions.map((interaction) => {
      const { name, request } = interaction;
      const match = MATCH[name];
      return {
        ...interaction,
        request,
        ...(match ? { match } : {}),
      };
    });
    made.set(cassette, { ...imported, interactions });
  }
  return made;
}

/** A sanitizer that keeps the names of users and keys: the captures' world has no people. */
function sanitizer(): Sanitizer {
  return new Sanitizer("", { rules: { keep: [/(?:k-)?plain|n1/] } });
}

/** What only a server with 0.4.5's embeddings schema answers so: its own validation of `encoding_format`. */
export function patchedCassette(): Promise<Cassette> {
  const file = "045p-emb.jsonl";
  const about = {
    title: "Embeddings whose encoding_format OGL 0.4.5 handles in another way",
    origin: "derived",
    ogl: "0.4.5",
    derivedBy: "captured from OGL 0.4.1 patched by hand with the usage and embeddings schemas of 0.4.5",
    recordedWith: "a raw socket",
    recordedAt: "2026-11-21",
    credentials: "any",
  } as const;
  const exchanges = parseExchanges(file, readFileSync(new URL(file, captures), "utf8")).filter(
    ({ name }) => name !== "emb-float",
  );
  return importExchanges(file, exchanges, { about, sanitizer: sanitizer() });
}

import { createHash } from "node:crypto";
import type { WorldModel, WorldState } from "../../../ogl/index.ts";
import type { Json } from "../base/index.ts";
import { goTime } from "./lines.ts";

const LATEST = ":latest";

/** Name of a model as the mock's world has it: Ollama's `NAME:latest` is `NAME`. */
export function worldName(state: WorldState, name: string, session: string): string {
  const plain = name.endsWith(LATEST) ? name.slice(0, -LATEST.length) : name;
  return state.routerOf(name, session) === undefined ? plain : name;
}

/** The models of `/api/tags`. */
export function tagsOf(state: WorldState, session: string): Json {
  return { models: state.listed(session).map(({ model }) => tagOf(model)) };
}

/** A name with its tag: Ollama adds `:latest` to one without. */
export function latestName(name: string): string {
  return name.includes(":") ? name : `${name}${LATEST}`;
}

function tagOf({ id, created }: WorldModel): Json {
  const name = latestName(id);
  return {
    name,
    model: name,
    modified_at: goTime(created ?? 1_760_000_000),
    size: 310_016,
    digest: createHash("sha256").update(name).digest("hex"),
    details: {
      parent_model: "",
      format: "gguf",
      family: "llama",
      families: ["llama"],
      parameter_size: "75K",
      quantization_level: "unknown",
    },
  };
}

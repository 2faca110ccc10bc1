import { pythonFloat } from "../../../asgi/index.ts";
import type { DialectParts, Json } from "../base/index.ts";
import { CHAT_PATH, servedModel } from "../openai-api/index.ts";

/** Time (Unix seconds) of models that the world gives none; the synthesizer's. */
const CREATED = 1_760_000_000;

/** The models: once as Ollama lists them, once as OpenAI does. */
export function modelList({ state }: DialectParts, session: string): Json {
  const all = state.listed(session).map(({ model }) => model);
  return {
    models: all.map(({ id, type }) => ({
      name: id,
      model: id,
      modified_at: "",
      size: "",
      digest: "",
      type: "model",
      description: "",
      tags: [""],
      capabilities: [type === "text-embeddings-inference" ? "embedding" : "completion"],
      parameters: "",
      details: {
        parent_model: "",
        format: "gguf",
        family: "",
        families: [""],
        parameter_size: "",
        quantization_level: "",
      },
    })),
    object: "list",
    data: all.map(({ id, created }) => ({
      id,
      aliases: [id],
      tags: [],
      object: "model",
      created: created ?? CREATED,
      owned_by: "llamacpp",
      meta: {
        vocab_type: 1,
        n_vocab: 359,
        n_ctx: 256,
        n_ctx_train: 2048,
        n_embd: 64,
        n_params: 74816,
        size: 299264,
        ftype: "all F32",
      },
    })),
  };
}

/** Settings of the server: its defaults (observed: llamacpp-server-props), and an empty template. */
export function props(parts: DialectParts, session: string, build: string): Json {
  const model = servedModel(parts, session, CHAT_PATH) ?? "default";
  return {
    default_generation_settings: { params: DEFAULTS, n_ctx: 256 },
    [`total_${POOL}`]: 2,
    model_alias: model,
    model_ftype: "all F32",
    model_path: `${model}.gguf`,
    modalities: { vision: false, video: false, audio: false },
    media_marker: "<__media__>",
    [`endpoint_${POOL}`]: true,
    endpoint_props: true,
    endpoint_metrics: true,
    ui: true,
    ui_settings: {},
    chat_template: "",
    chat_template_caps: {
      supports_object_arguments: false,
      supports_parallel_tool_calls: false,
      supports_preserve_reasoning: false,
      supports_reasoning_effort: false,
      supports_string_content: true,
      supports_system_role: true,
      supports_tool_calls: false,
      supports_tools: false,
      supports_typed_content: false,
    },
    bos_token: "<s>",
    eos_token: "</s>",
    build_info: build,
    is_sleeping: false,
    cors_proxy_enabled: false,
  };
}

/** llama.cpp's name for its decoders. */
const POOL = "slots";

const [ZERO, ONE] = [pythonFloat(0), pythonFloat(1)];

/** Parameters of a request that names none. */
const DEFAULTS: Json = {
  seed: 4294967295,
  temperature: 0.800000011920929,
  dynatemp_range: ZERO,
  dynatemp_exponent: ONE,
  top_k: 40,
  top_p: 0.949999988079071,
  min_p: 0.05000000074505806,
  top_n_sigma: pythonFloat(-1),
  xtc_probability: ZERO,
  xtc_threshold: 0.10000000149011612,
  typical_p: ONE,
  repeat_last_n: 64,
  repeat_penalty: ONE,
  presence_penalty: ZERO,
  frequency_penalty: ZERO,
  dry_multiplier: ZERO,
  dry_base: 1.75,
  dry_allowed_length: 2,
  dry_penalty_last_n: 64,
  mirostat: 0,
  mirostat_tau: pythonFloat(5),
  mirostat_eta: 0.10000000149011612,
  adaptive_target: pythonFloat(-1),
  adaptive_decay: 0.8999999761581421,
  max_tokens: -1,
  n_predict: -1,
  n_keep: 0,
  n_discard: 0,
  ignore_eos: false,
  stream: false,
  n_probs: 0,
  min_keep: 0,
  chat_format: "Content-only",
  reasoning_format: "none",
  reasoning_in_content: false,
  generation_prompt: "",
  samplers: ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"],
  "speculative.types": "none",
  timings_per_token: false,
  post_sampling_probs: false,
  backend_sampling: false,
  lora: [],
};

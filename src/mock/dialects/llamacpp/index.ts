/** llama.cpp's server: OpenAI's API, and its own routes. */
export { llamacpp } from "./llamacpp.ts";

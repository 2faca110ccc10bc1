/** Requests for what the gateway says of itself, and for what is no more. */
import { type Example, textFile, pdfFile, get, post, OLD } from "./requests.ts";

export const OTHERS: readonly Example[] = [
  { from: "docs: dependencies, Prometheus", asks: "the metrics", request: get("/metrics") },
  { from: "docs: deployment", asks: "the health", request: get("/health") },
  {
    from: "README.md of the former Python client",
    asks: "a completion of a text",
    request: post("/v1/completions", { model: "small", prompt: "Hello" }),
    refused: 404,
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "an upload to the operation of the first versions",
    request: () => ({ method: "POST", path: "/v1/files", form: { file: pdfFile, request: "{}" } }),
    refused: 404,
  },
  {
    from: "docs/iam.md",
    asks: "a role at the path of the first versions",
    request: post("/v1/roles", { name: "Admin", permissions: [], limits: [] }),
    refused: 404,
  },
  {
    from: "docs: collections of a later branch",
    asks: "all documents of a collection replaced",
    request: () => ({ method: "PUT", path: "/v1/collections/1", form: { file: textFile } }),
    refused: 405,
  },
  {
    from: "docs: collections of a later branch",
    asks: "a collection by a form",
    request: () => ({ method: "POST", path: "/v1/collections", form: { name: "My Collection" } }),
    refused: 422,
  },
];

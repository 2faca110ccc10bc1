/** Secrets in the bodies of OGL's own operations: keys that it makes, keys of providers, passwords. */
import { JSON_TYPE, chat, json } from "./bodies.ts";
import type { Exchange } from "./exchange.ts";
import { type Place, place } from "./place.ts";

const operation = (
  method: string,
  target: string,
  body: unknown,
  status: number,
  answer: unknown,
): Exchange =>
  chat({
    method,
    target,
    requestHeaders: body === undefined ? [] : JSON_TYPE,
    requestBody: body === undefined ? Buffer.alloc(0) : json(body),
    status,
    writes: answer === undefined ? [] : [json(answer)],
  });

const provider = { router_id: 1, type: "vllm", url: "https://llm.example.com", model_name: "m" };
const invalid = (input: unknown): object => ({
  detail: [{ type: "missing", loc: ["body", "router_id"], msg: "Field required", input }],
});

/** Keys are of one line and no word. */
const KEY = /^[\x21-\x7e]{16,}$/;

const ogl = (id: string, carrier: string, exchange: (value: string) => Exchange, takes = /^/): Place =>
  place(`OGL: ${id}`, carrier, "none", ({ value }) => exchange(value), { takes, random: takes === KEY });

export const OGL_PLACES: readonly Place[] = [
  ogl(
    "provider's key",
    "request",
    (key) => operation("POST", "/v1/admin/providers", { ...provider, key }, 201, { id: 3 }),
    KEY,
  ),
  ogl(
    "provider's key",
    "answer",
    (key) =>
      operation("GET", "/v1/admin/providers", undefined, 200, {
        object: "list",
        data: [{ id: 3, ...provider, key }],
      }),
    KEY,
  ),
  ogl(
    "provider's key",
    "422 input",
    (key) =>
      operation("POST", "/v1/admin/providers", { type: "vllm", key }, 422, invalid({ type: "vllm", key })),
    KEY,
  ),
  ogl(
    "new key",
    "answer",
    (key) => operation("POST", "/v1/me/keys", { name: "my key" }, 201, { id: 15, key }),
    KEY,
  ),
  ogl(
    "new token",
    "answer",
    (token) => operation("POST", "/v1/admin/tokens", { name: "t", user: 2 }, 201, { id: 15, token }),
    KEY,
  ),
  ogl("login", "request", (password) =>
    operation("POST", "/v1/auth/login", { email: "bob@example.com", password }, 404, {
      detail: "User not found.",
    }),
  ),
  ogl(
    "login",
    "answer",
    (key) =>
      operation("POST", "/v1/auth/login", { email: "bob@example.com" }, 200, {
        status: "success",
        id: 2,
        key,
      }),
    KEY,
  ),
  ogl("user's password", "request", (password) =>
    operation("POST", "/v1/admin/users", { email: "bob@example.com", name: "Bob", password, role: 1 }, 201, {
      id: 9,
    }),
  ),
  ogl("current password", "request", (password) =>
    operation(
      "PATCH",
      "/v1/me/info",
      { name: "Bob", current_password: password, password: "" },
      204,
      undefined,
    ),
  ),
  ogl("current password", "422 input", (password) =>
    operation(
      "PATCH",
      "/v1/me/info",
      { current_password: password },
      422,
      invalid({ current_password: password }),
    ),
  ),
];

/** Requests of the script for a first administrator and of OGL's own user interface. */
import { type Example, get, post, chat, limits, page, PLAYGROUND } from "./requests.ts";

export const ADMINISTRATION: readonly Example[] = [
  { from: "scripts/create_admin.py", asks: "the routers", request: get("/v1/admin/routers") },
  {
    from: "scripts/create_admin.py",
    asks: "a role with limits on each of them",
    request: post("/v1/admin/roles", (known) => ({
      name: "admin-role",
      permissions: ["admin"],
      limits: limits(known),
    })),
    keeps: ["role", "id"],
  },
  { from: "scripts/create_admin.py", asks: "the roles", request: get("/v1/admin/roles") },
  {
    from: "scripts/create_admin.py",
    asks: "a user of the role",
    request: post("/v1/admin/users", ({ role }) => ({
      email: "first@example.org",
      name: "first@example.org",
      password: "changeme",
      role: Number(role),
    })),
    keeps: ["user", "id"],
  },
  { from: "scripts/create_admin.py", asks: "the users", request: get("/v1/admin/users") },
  {
    from: "scripts/create_admin.py",
    asks: "a key for the user",
    request: post("/v1/admin/tokens", ({ user }) => ({ user: Number(user), name: "my-first-token" })),
    keeps: ["key", "token"],
  },
  {
    from: "scripts/create_admin.py",
    asks: "a chat with that key",
    request: (known) => ({ ...chat({})(known), key: known["key"] ?? "" }),
  },
  {
    from: "docs/budget.md",
    asks: "a budget for the user",
    request: ({ user }) => ({ method: "PATCH", path: `/v1/admin/users/${user}`, json: { budget: 100 } }),
  },
  {
    from: `${PLAYGROUND}/auth`,
    asks: "a login",
    request: post("/v1/auth/login", { email: "first@example.org", password: "changeme" }),
    keeps: ["playground", "key"],
  },
  {
    from: `${PLAYGROUND}/auth`,
    asks: "who has logged in",
    request: (known) => ({ method: "GET", path: "/v1/me/info", key: known["playground"] ?? "" }),
  },
  {
    from: `${PLAYGROUND}/account`,
    asks: "another name",
    request: (known) => ({
      method: "PATCH",
      path: "/v1/me/info",
      key: known["playground"] ?? "",
      json: { name: "First" },
    }),
  },
  {
    from: `${PLAYGROUND}/account`,
    asks: "another password",
    request: (known) => ({
      method: "PATCH",
      path: "/v1/me/info",
      key: known["playground"] ?? "",
      json: { current_password: "changeme", password: "changed" },
    }),
  },
  {
    from: `${PLAYGROUND}/chat`,
    asks: "a chat with all that its page has",
    request: chat({
      temperature: 0.7,
      top_p: 1,
      max_completion_tokens: 512,
      frequency_penalty: 0,
      presence_penalty: 0,
      stream: true,
      seed: 7,
      stop: ["END"],
    }),
  },
  {
    from: `${PLAYGROUND}/keys`,
    asks: "a key that expires",
    request: () => post("/v1/me/keys", { name: "key", expires: Math.floor(Date.now() / 1000) + 3600 })({}),
    keeps: ["ownKey", "id"],
  },
  { from: `${PLAYGROUND}/keys`, asks: "the keys", request: get(`/v1/me/keys?${page}`) },
  {
    from: `${PLAYGROUND}/keys`,
    asks: "an end of the key",
    request: ({ ownKey }) => ({ method: "DELETE", path: `/v1/me/keys/${ownKey}` }),
  },
  {
    from: `${PLAYGROUND}/usage`,
    asks: "the uses of a month at one endpoint",
    request: () => {
      const now = Math.floor(Date.now() / 1000);
      const times = `start_time=${now - 2_592_000}&end_time=${now}`;
      const path = `/v1/me/usage?offset=0&limit=50&${times}&endpoint=%2Fv1%2Fchat%2Fcompletions`;
      return { method: "GET", path };
    },
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "an organization",
    request: post("/v1/admin/organizations", { name: "org" }),
    keeps: ["organization", "id"],
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "another name of it",
    request: ({ organization }) => ({
      method: "PATCH",
      path: `/v1/admin/organizations/${organization}`,
      json: { name: "organization" },
    }),
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "all of them",
    request: get(`/v1/admin/organizations?${page}`),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "a user with all that its form has",
    request: post("/v1/admin/users", ({ role, organization }) => ({
      email: "second@example.org",
      password: "changeme",
      role: Number(role),
      priority: 1,
      expires: Math.floor(Date.now() / 1000) + 86_400,
      budget: 10,
      organization: Number(organization),
    })),
    keeps: ["second", "id"],
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "users of a role and an organization",
    request: get(
      ({ role, organization }) => `/v1/admin/users?${page}&role=${role}&organization=${organization}`,
    ),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "another e-mail, and no budget",
    request: ({ second, role }) => ({
      method: "PATCH",
      path: `/v1/admin/users/${second}`,
      json: {
        email: "third@example.org",
        name: "Third",
        role: Number(role),
        expires: null,
        priority: 0,
        budget: null,
      },
    }),
  },
  {
    from: `${PLAYGROUND}/users`,
    asks: "an end of the user",
    request: ({ second }) => ({ method: "DELETE", path: `/v1/admin/users/${second}` }),
  },
  {
    from: `${PLAYGROUND}/organizations`,
    asks: "an end of the organization",
    request: ({ organization }) => ({ method: "DELETE", path: `/v1/admin/organizations/${organization}` }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "a router",
    request: post("/v1/admin/routers", {
      name: "new-router",
      type: "text-generation",
      load_balancing_strategy: "least_busy",
      cost_prompt_tokens: 0.1,
      cost_completion_tokens: 0.2,
      aliases: ["new-alias"],
    }),
    keeps: ["router", "id"],
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "the routers with the parameters of other lists",
    request: get(`/v1/admin/routers?${page}`),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "a provider of the router",
    request: post("/v1/admin/providers", (known) => ({
      [known["routerMember"] ?? ""]: Number(known["router"]),
      model_name: "upstream",
      type: "vllm",
      url: "http://127.0.0.1:8001",
      key: "upstream-key",
      timeout: 30,
      model_hosting_zone: "FRA",
      model_total_params: 8,
      model_active_params: 8,
      qos_metric: "inflight",
      qos_limit: 0.5,
    })),
    keeps: ["provider", "id"],
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "the providers",
    request: get(({ router }) => `/v1/admin/providers?${page}&router=${router}`),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "its router and its user",
    request: get(({ router }) => `/v1/admin/routers/${router}`),
  },
  {
    from: "docs/src/content/docs/getting-started/models.mdx",
    asks: "a chat with the new model",
    request: chat({ model: "new-router" }),
  },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "another timeout",
    request: ({ provider }) => ({
      method: "PATCH",
      path: `/v1/admin/providers/${provider}`,
      json: {
        timeout: 60,
        model_hosting_zone: "WOR",
        model_total_params: 1,
        model_active_params: 1,
        qos_metric: null,
        qos_limit: null,
      },
    }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "another name of the router",
    request: ({ router }) => ({
      method: "PATCH",
      path: `/v1/admin/routers/${router}`,
      json: { name: "renamed", type: "text-generation", aliases: [], load_balancing_strategy: "shuffle" },
    }),
  },
  {
    from: `${PLAYGROUND}/roles`,
    asks: "other limits of a role",
    request: (known) => ({
      method: "PATCH",
      path: `/v1/admin/roles/${known["role"]}`,
      json: { limits: limits(known).slice(0, 4) },
    }),
  },
  { from: `${PLAYGROUND}/roles`, asks: "the roles", request: get(`/v1/admin/roles?${page}`) },
  {
    from: `${PLAYGROUND}/providers`,
    asks: "an end of the provider",
    request: ({ provider }) => ({ method: "DELETE", path: `/v1/admin/providers/${provider}` }),
  },
  {
    from: `${PLAYGROUND}/routers`,
    asks: "an end of the router",
    request: ({ router }) => ({ method: "DELETE", path: `/v1/admin/routers/${router}` }),
  },
];

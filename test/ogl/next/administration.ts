/** Facts about users, keys, organizations, roles, models and their providers. */
import { expect } from "vitest";
import type { Fact } from "./gateway.ts";

const T = "tests/integration/endpoints";
const asAdmin = (body?: object): { key: string; body?: object } => ({
  key: "sk-admin",
  ...(body === undefined ? {} : { body }),
});

export const ADMINISTRATION: readonly Fact[] = [
  {
    of: "each of administrators",
    says: "403 `User has no admin rights.`, before the body is looked at",
    shownBy: `${T}/admin/test_admin_access.py 89734e4f`,
    known: "asserted",
    async check(gateway) {
      for (const name of ["users", "roles", "keys", "organizations", "routers", "providers"]) {
        await gateway.refuses(403, "User has no admin rights.", "POST", `/v1/admin/${name}`, { body: {} });
        await gateway.refuses(403, "User has no admin rights.", "GET", `/v1/admin/${name}`);
        await gateway.refuses(403, "User has no admin rights.", "DELETE", `/v1/admin/${name}/1`);
      }
    },
  },
  {
    of: "each list of administrators",
    says: "`object`, `total`, `offset`, `limit`, `data`; a `limit` above 100 is 422",
    shownBy: `${T}/admin/*/test_get_*.py 2764b7b3, admin/organizations/test_get_organizations.py 1f6da5ba`,
    known: "asserted",
    async check(gateway) {
      for (const name of ["users", "roles", "keys", "organizations", "routers", "providers"]) {
        const list = { object: "list", total: expect.any(Number), offset: 0, limit: 10 };
        await gateway.expects(200, list, "GET", `/v1/admin/${name}`, asAdmin());
        await gateway.expects(422, {}, "GET", `/v1/admin/${name}?limit=101`, asAdmin());
      }
    },
  },
  {
    of: "GET /v1/me",
    says: "has `organization_id` and limits by `router_id`; no `priority`, `created`, `updated`",
    shownBy: `${T}/me/test_get_me.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const { json } = await gateway.expects(
        200,
        { object: "userInfo", id: 12, organization_id: null },
        "GET",
        "/v1/me",
        {
          key: "sk-other",
        },
      );
      expect(Object.keys(json)).not.toEqual(expect.arrayContaining(["organization"]));
      for (const name of ["organization", "priority", "created", "updated"])
        expect(json).not.toHaveProperty(name);
      expect(json["limits"]).toContainEqual({ router_id: 1, type: "rpm", value: null });
    },
  },
  {
    of: "PATCH /v1/me",
    says: "204; an e-mail that is taken 409; `current_password` without `password` 422, a wrong one 401",
    shownBy: `${T}/me/test_update_me.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const { email } = await gateway.makesUser();
      await gateway.expects(204, {}, "PATCH", "/v1/me", { body: { name: "Renamed" } });
      await gateway.expects(200, { name: "Renamed" }, "GET", "/v1/me");
      await gateway.refuses(409, `User ${email} already exists.`, "PATCH", "/v1/me", { body: { email } });
      const { json } = await gateway.expects(422, {}, "PATCH", "/v1/me", { body: { current_password: "x" } });
      expect(JSON.stringify(json)).toContain("password is required when current_password is provided");
      const body = { current_password: "wrong", password: "new-password" };
      await gateway.refuses(401, "Invalid current password.", "PATCH", "/v1/me", { body });
    },
  },
  {
    of: "PATCH /v1/me",
    says: "budget, expiry and organization stay as they are, unlike in 0.4.1",
    shownBy: "0.4.1 sets them to null, which no test of OGL wants",
    known: "guessed",
    async check(gateway) {
      await gateway.expects(204, {}, "PATCH", "/v1/me", { key: "sk-poor", body: { name: "still poor" } });
      await gateway.expects(200, { budget: 0 }, "GET", "/v1/me", { key: "sk-poor" });
    },
  },
  {
    of: "GET /v1/me/info, /v1/me/keys, /v1/me/usage",
    says: "are left as deprecated, and answer as `/v1/me`, `/v1/keys`, `/v1/usage`",
    shownBy: "infrastructure/fastapi/endpoints/me.py and keys.py 0e8f83a8, usage.py 2764b7b3",
    known: "read",
    async check(gateway) {
      const times = "?start_time=0&end_time=4000000000";
      for (const [old, path] of [
        ["/v1/me/info", "/v1/me"],
        ["/v1/me/keys", "/v1/keys"],
        [`/v1/me/usage${times}`, `/v1/usage${times}`],
      ] as const)
        expect((await gateway.ask("GET", old)).json).toEqual((await gateway.ask("GET", path)).json);
    },
  },
  {
    of: "POST /v1/keys",
    says: "201 with the key: `object`, `id`, `name`, `value`, `user_id`, `expires`, `created`, `revoked`",
    shownBy: `${T}/keys/test_create_key.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const key = { object: "key", name: "new-key", user_id: 11, expires: null, revoked: false };
      const { json } = await gateway.expects(201, key, "POST", "/v1/keys", { body: { name: "new-key" } });
      expect(json["value"]).toMatch(/^sk-/);
      await gateway.refuses(400, "Key name _system_playground_key is reserved.", "POST", "/v1/keys", {
        body: { name: "_system_playground_key" },
      });
    },
  },
  {
    of: "GET, PATCH, DELETE /v1/keys/{key_id}",
    says: "show the whole key, rename it, and revoke it; it then is refused, and listed as `revoked`; another's is 404",
    shownBy: `${T}/keys/test_get_key.py 2764b7b3, test_get_keys.py, test_update_key.py and test_delete_key.py 23325551`,
    known: "asserted",
    async check(gateway) {
      const { json } = await gateway.ask("POST", "/v1/keys", { key: "sk-other", body: { name: "mine" } });
      const path = `/v1/keys/${Number(json["id"])}`;
      const key = { ...json, name: "renamed" };
      await gateway.expects(200, json, "GET", path, { key: "sk-other" });
      await gateway.expects(200, key, "PATCH", path, { key: "sk-other", body: { name: "renamed" } });
      await gateway.refuses(404, `Key ${Number(json["id"])} not found.`, "GET", path);
      await gateway.expects(200, { ...key, revoked: true }, "DELETE", path, { key: "sk-other" });
      await gateway.refuses(401, "Invalid API key.", "GET", "/v1/me", { key: String(json["value"]) });
      const revoked = { total: 1, data: [{ id: json["id"], revoked: true }] };
      await gateway.expects(200, revoked, "GET", "/v1/keys?status=revoked", { key: "sk-other" });
      const all = await gateway.ask("GET", "/v1/keys", { key: "sk-other" });
      expect(all.json["total"]).toBe(2);
    },
  },
  {
    of: "POST, DELETE /v1/admin/keys",
    says: "take `user`, answer `user_id`; an unknown user is 404 `User 99 not found.`",
    shownBy: `${T}/admin/keys/test_create_key.py and test_delete_key.py 3cdd9946`,
    known: "asserted",
    async check(gateway) {
      const { user } = await gateway.makesUser();
      const body = { name: "new-key", user };
      const { json } = await gateway.expects(
        201,
        { user_id: user, revoked: false },
        "POST",
        "/v1/admin/keys",
        asAdmin(body),
      );
      await gateway.expects(
        200,
        { revoked: true },
        "DELETE",
        `/v1/admin/keys/${Number(json["id"])}`,
        asAdmin(),
      );
      await gateway.refuses(
        404,
        "User 999 not found.",
        "POST",
        "/v1/admin/keys",
        asAdmin({ name: "x", user: 999 }),
      );
    },
  },
  {
    of: "POST /v1/auth/login",
    says: "answers the whole key; a wrong e-mail and a wrong password are one 401 `Invalid email or password.`",
    shownBy: `${T}/test_auth_login.py dce58497`,
    known: "asserted",
    async check(gateway) {
      const { email } = await gateway.makesUser();
      const key = { object: "key", name: "_system_playground_key", expires: expect.any(Number) };
      const login = (body: object) => ["POST", "/v1/auth/login", { key: null, body }] as const;
      await gateway.expects(200, key, ...login({ email, password: "pass-word-1" }));
      await gateway.refuses(401, "Invalid email or password.", ...login({ email, password: "wrong" }));
      await gateway.refuses(401, "Invalid email or password.", ...login({ email: "a@b.c", password: "x" }));
    },
  },
  {
    of: "GET /v1/usage",
    says: "uses added up by day between `start_time` and `end_time`, which a request has to name",
    shownBy: `${T}/usage/test_get_usages.py 2764b7b3, infrastructure/fastapi/endpoints/usage.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const key = "sk-narrow";
      for (let i = 0; i < 2; i++)
        await gateway.expects(200, {}, "POST", "/v1/embeddings", {
          key,
          body: { model: "embed", input: ["one"] },
        });
      const day = {
        object: "usage.bucket",
        prompt_tokens: 2,
        completion_tokens: 0,
        total_tokens: 2,
        requests: 2,
      };
      const path = "/v1/usage?start_time=0&end_time=4000000000";
      const { json } = await gateway.expects(200, { total: 1, data: [day] }, "GET", path, { key });
      const [{ start_time: start, end_time: end }] = json["data"] as [Record<string, number>];
      expect([Number(start) % 86_400, Number(end) - Number(start)]).toEqual([0, 86_400]);
      await gateway.expects(422, {}, "GET", "/v1/usage", { key });
    },
  },
  {
    of: "POST, GET, PATCH, DELETE /v1/admin/users",
    says: "have `role_id` and `organization_id`, which a request has to name, and answer the whole user",
    shownBy: `${T}/admin/users/test_create_user.py and test_get_users.py 2764b7b3, test_update_user.py 1f18d495, test_delete_user.py 3cdd9946`,
    known: "asserted",
    async check(gateway) {
      const { user, role_id, organization_id, email } = await gateway.makesUser();
      const path = `/v1/admin/users/${user}`;
      await gateway.expects(200, { id: user, email, role_id, organization_id }, "GET", path, asAdmin());
      const body = { email, name: null, role_id, organization_id, budget: 50.5, expires: 1, priority: 2 };
      await gateway.expects(200, { ...body, id: user }, "PATCH", path, asAdmin(body));
      await gateway.expects(422, {}, "PATCH", path, asAdmin({ ...body, organization_id: null }));
      await gateway.expects(
        200,
        { total: 1, data: [{ id: user }] },
        "GET",
        `/v1/admin/users?role_id=${role_id}`,
        asAdmin(),
      );
      await gateway.expects(
        200,
        { total: 1, data: [{ id: user }] },
        "GET",
        `/v1/admin/users?email=${email.slice(0, -4)}`,
        asAdmin(),
      );
      await gateway.expects(200, { id: user }, "DELETE", path, asAdmin());
      await gateway.refuses(404, `User ${user} not found.`, "GET", path, asAdmin());
    },
  },
  {
    of: "POST /v1/admin/users",
    says: "404 `Role 99 not found.`, `Organization 99 not found.`; 409 `User E-MAIL already exists.`",
    shownBy: `${T}/admin/users/test_create_user.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const { role_id, organization_id, email } = await gateway.makesUser();
      const body = { email, password: "pass-word-1", role_id, organization_id };
      const path = "/v1/admin/users";
      await gateway.refuses(409, `User ${email} already exists.`, "POST", path, asAdmin(body));
      await gateway.refuses(404, "Role 999 not found.", "POST", path, asAdmin({ ...body, role_id: 999 }));
      await gateway.refuses(
        404,
        "Organization 999 not found.",
        "POST",
        path,
        asAdmin({ ...body, organization_id: 999 }),
      );
    },
  },
  {
    of: "/v1/admin/organizations, /v1/organizations/me",
    says: "each answer shows the whole organization; 409 names it, and one with users is not deleted",
    shownBy: `${T}/admin/organizations/*.py 3cdd9946 and 23325551, organizations/test_get_organization.py 3cdd9946`,
    known: "asserted",
    async check(gateway) {
      const { user, organization_id } = await gateway.makesUser();
      const path = `/v1/admin/organizations/${organization_id}`;
      const { json } = await gateway.expects(
        200,
        { object: "organization", users: 1 },
        "GET",
        path,
        asAdmin(),
      );
      const name = String(json["name"]);
      const taken = `Organization ${name} already exists.`;
      await gateway.refuses(409, taken, "POST", "/v1/admin/organizations", asAdmin({ name }));
      await gateway.refuses(
        409,
        `Organization ${organization_id} still has users and cannot be removed.`,
        "DELETE",
        path,
        asAdmin(),
      );
      const key = await gateway.ask("POST", "/v1/admin/keys", asAdmin({ name: "k", user }));
      await gateway.expects(200, json, "GET", "/v1/organizations/me", { key: String(key.json["value"]) });
      await gateway.expects(200, { name: `${name} 2` }, "PATCH", path, asAdmin({ name: `${name} 2` }));
      await gateway.expects(422, {}, "PATCH", path, asAdmin({}));
      await gateway.expects(200, {}, "DELETE", `/v1/admin/users/${user}`, asAdmin());
      await gateway.expects(200, { id: organization_id, users: 0 }, "DELETE", path, asAdmin());
      await gateway.refuses(404, `Organization ${organization_id} not found.`, "GET", path, asAdmin());
    },
  },
  {
    of: "/v1/admin/roles",
    says: "a change names all members; 409 `Role NAME already exists.`, `Role 1 still has users and cannot be removed.`",
    shownBy: `${T}/admin/roles/test_update_role.py and test_delete_role.py 3cdd9946`,
    known: "asserted",
    async check(gateway) {
      const { role_id } = await gateway.makesUser();
      const path = `/v1/admin/roles/${role_id}`;
      const name = gateway.fresh();
      const limits = [{ router_id: 1, type: "rpm", value: 10 }];
      const body = { name, permissions: ["read_metric"], limits };
      await gateway.expects(200, { ...body, object: "role" }, "PATCH", path, asAdmin(body));
      await gateway.expects(422, {}, "PATCH", path, asAdmin({ name }));
      await gateway.refuses(
        409,
        `Role ${name} already exists.`,
        "POST",
        "/v1/admin/roles",
        asAdmin({ name }),
      );
      await gateway.refuses(
        409,
        `Role ${role_id} still has users and cannot be removed.`,
        "DELETE",
        path,
        asAdmin(),
      );
      await gateway.refuses(404, "Role 999 not found.", "GET", "/v1/admin/roles/999", asAdmin());
    },
  },
  {
    of: "/v1/admin/routers, /v1/admin/providers",
    says: "a change of a router names all members; a provider does not show the key of its upstream",
    shownBy: `${T}/admin/router/test_update_router.py 23325551, admin/provider/test_get_one_provider.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      const name = gateway.fresh();
      const router_id = await gateway.makes("/v1/admin/routers", { name, type: "text-generation" });
      const path = `/v1/admin/routers/${router_id}`;
      await gateway.expects(422, {}, "PATCH", path, asAdmin({ name }));
      const upstream = {
        type: "vllm",
        url: "http://upstream.example/",
        model_name: "m",
        key: "upstream-key",
      };
      const id = await gateway.makes("/v1/admin/providers", { router_id, ...upstream });
      const { json } = await gateway.expects(
        200,
        { object: "provider", router_id },
        "GET",
        `/v1/admin/providers/${id}`,
        asAdmin(),
      );
      expect(json).not.toHaveProperty("key");
      expect(Object.keys(json)).toEqual(expect.arrayContaining(["max_context_length", "vector_size"]));
      const owns = `User 13 still has routers and cannot be removed.`;
      await gateway.refuses(409, owns, "DELETE", "/v1/admin/users/13", asAdmin());
    },
  },
  {
    of: "GET /v1/models/{model}",
    says: "404 `Model NAME not found.`; a model has `object`, `id`, `type`, `aliases`, `created`, `owned_by`, `max_context_length`, `costs`",
    shownBy: `${T}/test_models.py 00a62210, infrastructure/fastapi/schemas/models.py 34a116b8`,
    known: "asserted",
    async check(gateway) {
      const { json } = await gateway.expects(200, { id: "chat" }, "GET", "/v1/models/chat");
      expect(Object.keys(json)).toEqual(
        "object id type aliases created owned_by max_context_length costs".split(" "),
      );
      await gateway.refuses(404, "Model nothing not found.", "GET", "/v1/models/nothing");
    },
  },
  {
    of: "GET /health, /health/models",
    says: '`{"status":"ok"}`; `id` and `status` of the models that the user may use',
    shownBy: `${T}/test_health.py 2764b7b3`,
    known: "asserted",
    async check(gateway) {
      await gateway.expects(200, { status: "ok" }, "GET", "/health", { key: null });
      const { json } = await gateway.expects(200, {}, "GET", "/health/models", { key: "sk-narrow" });
      expect(json).toEqual({ data: [{ id: "embed", status: "green" }] });
    },
  },
  {
    of: "/v1/collections, /v1/documents, /v1/chunks, /v1/search, /v1/parse-beta",
    says: "are kept as in 0.4.5, though OGL has put them into a service of its own",
    shownBy: "infrastructure/fastapi/routes.py 2764b7b3 has none of them",
    known: "guessed",
    async check(gateway) {
      await gateway.expects(201, {}, "POST", "/v1/collections", { body: { name: "kept" } });
    },
  },
  {
    of: "POST /v1/auth/sso/login, /v1/admin/sso",
    says: "are not here: 404",
    shownBy: `${T}/test_auth_sso_login.py 2764b7b3 shows them`,
    known: "guessed",
    async check(gateway) {
      await gateway.refuses(404, "Not Found", "POST", "/v1/auth/sso/login", { body: {} });
    },
  },
];

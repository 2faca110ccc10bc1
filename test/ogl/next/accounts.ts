/** Facts about what a user reads and changes, and about all that administrators do. */
import { expect } from "vitest";
import type { Fact } from "./gateway.ts";

const T = "tests/integration/endpoints";
const asAdmin = (body?: object): { key: string; body?: object } => ({
  key: "sk-admin",
  ...(body === undefined ? {} : { body }),
});

export const ACCOUNTS: readonly Fact[] = [
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
    of: "GET /v1/usage",
    says: "has transcriptions and OCR, too",
    shownBy: "infrastructure/fastapi/schemas/usage.py 09ba1194 lists their endpoints",
    known: "guessed",
    async check(gateway) {
      const document = { type: "document_url", document_url: "https://example.com/document.pdf" };
      await gateway.expects(200, {}, "POST", "/v1/ocr", {
        key: "sk-other",
        body: { model: "look", document },
      });
      const path = "/v1/usage?start_time=0&end_time=4000000000&endpoint=/v1/ocr";
      await gateway.expects(200, { total: 1, data: [{ requests: 1 }] }, "GET", path, { key: "sk-other" });
    },
  },
];

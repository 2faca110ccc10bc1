/** Facts about users, organizations, roles, models and their providers. */
import { expect } from "vitest";
import type { Fact } from "./gateway.ts";

const T = "tests/integration/endpoints";
const asAdmin = (body?: object): { key: string; body?: object } => ({
  key: "sk-admin",
  ...(body === undefined ? {} : { body }),
});

export const ADMINISTRATION: readonly Fact[] = [
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
    says: "404 `Model NAME not found.`; a model has `object`, `id`, `type`, `aliases`, `created`, `owned_by`, `max_context_length`, `costs` (their order: read)",
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

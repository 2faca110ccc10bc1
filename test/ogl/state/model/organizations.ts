/** Operations on organizations, and their answers by the model. */
import { step } from "./access.ts";
import { type Operation, adminKey, expectList } from "./accounts.ts";
import {
  type GatewayModel,
  type Organization,
  expectAnswer,
  expectRefusal,
  expectStatus,
  pageOf,
  pageQuery,
  pick,
  pickId,
  queryText,
} from "./gateway.ts";

function organizationView(model: GatewayModel, organization: Organization): object {
  const users = [...model.users.values()].filter((user) => user.organization === organization.id).length;
  return { object: "organization", ...organization, users };
}

const createOrganization: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const name = b % 6 === 5 ? (pick(model.organizations.values(), c)?.name ?? "o") : `organization ${b}-${c}`;
  const request = { method: "POST", path: "/v1/admin/organizations", body: { name } };
  return step(model, adminKey(model, a), "admin", request, (answer) => {
    const id = model.take("organization");
    if ([...model.organizations.values()].some((other) => other.name === name))
      return expectRefusal(answer, 409, "Organization already exists.");
    expectAnswer(answer, 201, { id });
    model.organizations.set(id, { id, name, created: model.stored, updated: model.stored });
  });
};

const changeOrganization: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const id = pickId(model.organizations, b);
  const name = c % 6 === 5 ? (pick(model.organizations.values(), c)?.name ?? "o") : `organization ${c}`;
  const request = { method: "PATCH", path: `/v1/admin/organizations/${id}`, body: { name } };
  return step(model, adminKey(model, a), "admin", request, (answer) => {
    const organization = model.organizations.get(id);
    if (organization === undefined) return expectRefusal(answer, 404, "Organization not found.");
    if ([...model.organizations.values()].some((other) => other.id !== id && other.name === name))
      return expectRefusal(answer, 409, "Organization name already taken. Please, choose another one.");
    expectAnswer(answer, 204);
    Object.assign(organization, { name, updated: model.stored });
  });
};

const removeOrganization: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.organizations, b);
  const request = { method: "DELETE", path: `/v1/admin/organizations/${id}` };
  return step(model, adminKey(model, a), "admin", request, (answer) => {
    if (!model.organizations.has(id)) return expectRefusal(answer, 404, "Organization not found.");
    if ([...model.users.values()].some(({ organization }) => organization === id))
      return expectStatus(answer, 409);
    expectAnswer(answer, 204);
    model.organizations.delete(id);
  });
};

const listOrganizations: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const query = pageQuery(b, c);
  const request = { method: "GET", path: `/v1/admin/organizations?${queryText(query)}` };
  return step(model, adminKey(model, a), "admin", request, (answer) =>
    expectList(answer, pageOf(model.organizations.values(), query), (row) => organizationView(model, row)),
  );
};

export const ORGANIZATIONS: Readonly<Record<string, Operation>> = {
  createOrganization,
  changeOrganization,
  removeOrganization,
  listOrganizations,
};

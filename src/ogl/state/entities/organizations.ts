import type { OrganizationRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  answer,
  checkText,
  databaseTime,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { listEnvelope, cutPage } from "./paging.ts";

function organizationView({ db }: Call, row: OrganizationRow): object {
  return {
    object: "organization",
    id: row.id,
    name: row.name,
    users: db.users.rows.filter(({ organization }) => organization === row.id).length,
    created: row.created,
    updated: row.updated,
  };
}

function createOrganization({ db, now, body }: Call): Outcome {
  const name = String(body["name"]);
  checkText(name);
  const id = db.organizations.takeId();
  if (db.organizations.byKey(name) !== undefined) raiseRefusal(409, "Organization already exists.");
  db.organizations.put({ id, name, created: databaseTime(now), updated: databaseTime(now) });
  return made({ id });
}

function changeOrganization(call: Call): Outcome {
  const { db, now, body } = call;
  const row = findOrganization(call);
  const name = body["name"] === null ? row.name : String(body["name"]);
  checkText(name);
  const taken = db.organizations.byKey(name);
  if (taken !== undefined && taken.id !== row.id)
    raiseRefusal(409, "Organization name already taken. Please, choose another one.");
  db.organizations.put({ ...row, name, updated: databaseTime(now) });
  return DONE;
}

function removeOrganization(call: Call): Outcome {
  const { db } = call;
  const { id } = findOrganization(call);
  if (db.users.rows.some(({ organization }) => organization === id))
    raiseRefusal(409, "Delete organization with users is not allowed.");
  db.organizations.remove(id);
  return DONE;
}

function findOrganization({ db, path: [id] }: Call): OrganizationRow {
  return rowOf(db.organizations, id) ?? raiseRefusal(404, "Organization not found.");
}

export const ORGANIZATIONS: Readonly<Record<string, Handler>> = {
  "POST /v1/admin/organizations": createOrganization,
  "GET /v1/admin/organizations": (call) =>
    answer(
      listEnvelope(cutPage(call.db.organizations.rows, call).rows.map((row) => organizationView(call, row))),
    ),
  "GET /v1/admin/organizations/{}": (call) => answer(organizationView(call, findOrganization(call))),
  "PATCH /v1/admin/organizations/{}": changeOrganization,
  "DELETE /v1/admin/organizations/{}": removeOrganization,
};

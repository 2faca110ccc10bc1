import type { Handler } from "../entities/index.ts";
import { type Reword, olderHandler, reworded } from "./older.ts";

const PATH = "/v1/admin/roles";

/** Words of admin/roles/*.py 3cdd9946. */
const words: Reword = (detail, { path: [id], body }) => {
  if (detail === "Role not found.") return `Role ${id} not found.`;
  if (detail === "Role already exists.") return `Role ${String(body["name"])} already exists.`;
  if (/with users/.test(detail)) return `Role ${id} still has users and cannot be removed.`;
  return undefined;
};

export const ROLES: Readonly<Record<string, Handler>> = Object.fromEntries(
  [`POST ${PATH}`, `GET ${PATH}/{}`, `PATCH ${PATH}/{}`, `DELETE ${PATH}/{}`].map((operation) => {
    const [method = "", path = ""] = operation.split(" ");
    return [operation, reworded(olderHandler(method, path), words)];
  }),
);

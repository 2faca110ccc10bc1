import type { ProvisionPlan } from "../../ogl/index.ts";
import { withoutKeys } from "../../secrets/index.ts";
import type { SendLive } from "../../suites/index.ts";
import { isObject, jsonValue } from "../../util/index.ts";
import { UsageError } from "../support/index.ts";

/** Something created, or the words of its refusal. */
export type Created =
  | { readonly id: number; readonly key?: string | undefined }
  | { readonly refusal: string };

/** The admin API of an instance, as far as provisioning needs it. */
export interface AdminApi {
  /** @param key key of the request in place of the API's own */
  readonly create: (path: string, body: unknown, key?: string) => Promise<Created>;
  /** Names (or e-mails) of all things of a list. @throws UsageError if the list is refused */
  readonly names: (path: string, member: string) => Promise<ReadonlySet<string>>;
}

/** Most things of one page, and most pages: OGL gives 100 at a time. */
const PAGE = 100;
const MAX_PAGES = 100;

/** Longest part of a refusal that is printed. */
const MAX_REFUSAL = 300;

/** Makes the admin API of a live server. @param key of an administrator */
export function adminApi(send: SendLive, key: string): AdminApi {
  const request = async (
    method: string,
    target: string,
    body: unknown,
    bearer: string,
  ): Promise<{ readonly status: number; readonly text: string; readonly json: unknown }> => {
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
    const answer = await send({
      method,
      target,
      headers: [
        ["authorization", `Bearer ${bearer}`],
        ...(body === undefined ? [] : [["content-type", "application/json"] as const]),
      ],
      body: bytes,
    });
    if ("problem" in answer) return { status: 0, text: answer.problem, json: undefined };
    const text = Buffer.from(answer.body).toString();
    return { status: answer.status, text, json: jsonValue(text) };
  };
  return {
    create: async (path, body, own = key) => {
      const { status, text, json } = await request("POST", path, body, own);
      if (!(status >= 200 && status < 300 && isObject(json) && typeof json["id"] === "number"))
        return { refusal: refusalText(`POST ${path}`, status, text) };
      const { id, token } = json;
      return { id: Number(id), key: typeof token === "string" ? token : undefined };
    },
    names: async (path, member) => {
      const found = new Set<string>();
      for (let page = 0; page < MAX_PAGES; page++) {
        const target = `${path}?limit=${PAGE}&offset=${page * PAGE}`;
        const { status, text, json } = await request("GET", target, undefined, key);
        const data = isObject(json) && Array.isArray(json["data"]) ? json["data"] : undefined;
        if (status !== 200 || data === undefined)
          throw new UsageError(
            "fetch",
            {},
            refusalText(`GET ${path}`, status, text),
            "is the address that of an OGL, and the key that of an administrator? nothing was created",
          );
        for (const item of data) if (isObject(item)) found.add(String(item[member]));
        if (data.length < PAGE) break;
      }
      return found;
    },
  };
}

/** Lists whose members a plan could meet, and the member that is unique. */
const LISTS = [
  ["/v1/admin/routers", "name"],
  ["/v1/admin/roles", "name"],
  ["/v1/admin/users", "email"],
] as const;

/** Refuses a plan whose things exist. @throws UsageError `exists`, before anything is created */
export async function refuseExisting(api: AdminApi, { steps }: ProvisionPlan): Promise<void> {
  const printed = { idOf: () => 0, secret: () => "", madePassword: () => "", soon: () => 0 };
  for (const [path, member] of LISTS) {
    const names = await api.names(path, member);
    const taken = steps
      .filter((step) => step.path === path)
      .map((step) => String(step.body(printed)[member]))
      .find((name) => names.has(name));
    if (taken !== undefined)
      throw new UsageError(
        "exists",
        {},
        `${path} has a ${member} ${JSON.stringify(taken)} already`,
        "provision a fresh instance; nothing was created",
      );
  }
}

function refusalText(request: string, status: number, text: string): string {
  const words = withoutKeys(text).slice(0, MAX_REFUSAL);
  return status === 0 ? `${request}: no answer: ${words}` : `${request} answered ${status}: ${words}`;
}

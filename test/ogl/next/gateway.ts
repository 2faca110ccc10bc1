/** A mock of the generation `next`, asked as OGL's own tests ask a gateway. */
import { expect } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { askAlone } from "../../support/own-connection.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, if it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

interface Asked {
  /** @default "sk-user"; `null` for none */
  readonly key?: string | null;
  readonly body?: object;
}

/** A statement about `next`. */
export interface Fact {
  /** The operation. */
  readonly of: string;
  readonly says: string;
  /** The file of OGL that shows it, below `api/`, with the first digits of its commit; why it is guessed, if it is. */
  readonly shownBy: string;
  /** `asserted` by a test of OGL, `read` in its source, or `guessed` here. */
  readonly known: "asserted" | "read" | "guessed";
  readonly check: (gateway: NextGateway) => Promise<void>;
}

const WORLD = {
  ogl: "next",
  models: [
    { id: "chat", type: "text-generation", costs: { prompt_tokens: 1, completion_tokens: 1 } },
    { id: "embed", type: "text-embeddings-inference", provider: "tei" },
    { id: "rank", type: "text-classification" },
    { id: "listen", type: "automatic-speech-recognition" },
    { id: "look", type: "image-to-text" },
  ],
  keys: [
    { key: "sk-user", user: 11, email: "user@example.org", password: "old-password" },
    { key: "sk-other", user: 12 },
    { key: "sk-admin", user: 13, permissions: ["admin"] },
    { key: "sk-expired", user: 14, expired: "user" },
    { key: "sk-poor", user: 15, budget: 0 },
    { key: "sk-slow", user: 16, limits: [{ model: "chat", type: "rpm", value: 1 }] },
    { key: "sk-narrow", user: 17, models: ["embed"] },
  ],
} as const;

function expectReply(reply: Reply, status: number, members: object): Reply {
  const { status: got, json, text } = reply;
  expect({ status: got, json, text }).toMatchObject({ status, json: members });
  return reply;
}

export class NextGateway {
  readonly #mock: RunningMock;
  #serial = 0;

  constructor(mock: RunningMock) {
    this.#mock = mock;
  }

  static async start(): Promise<NextGateway> {
    return new NextGateway(
      await startMock({ world: WORLD, cassettes: [], speed: Infinity, maxBody: 32 * 1024 * 1024 }),
    );
  }

  close(): Promise<void> {
    return this.#mock.close();
  }

  /** A name that no fact has used. */
  fresh(): string {
    this.#serial++;
    return `thing-${this.#serial}`;
  }

  async ask(method: string, path: string, { key = "sk-user", body }: Asked = {}): Promise<Reply> {
    const isForm = body instanceof FormData;
    const { status, headers, text } = await askAlone(this.#mock.url + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status, headers, text, json };
  }

  /** Asks, and expects an answer with that status and those members. */
  async expects(
    status: number,
    members: object,
    method: string,
    path: string,
    asked: Asked = {},
  ): Promise<Reply> {
    return expectReply(await this.ask(method, path, asked), status, members);
  }

  /** Asks, and expects a refusal. */
  async refuses(
    status: number,
    detail: string,
    method: string,
    path: string,
    asked: Asked = {},
  ): Promise<void> {
    await this.expects(status, { detail }, method, path, asked);
  }

  /** Makes something as an administrator; gives its id. */
  async makes(path: string, body: object): Promise<number> {
    const { json } = await this.expects(201, {}, "POST", path, { key: "sk-admin", body });
    return Number(json["id"]);
  }

  /** Makes an organization, a role and a user. */
  async makesUser(): Promise<{ user: number; role_id: number; organization_id: number; email: string }> {
    const name = this.fresh();
    const role_id = await this.makes("/v1/admin/roles", { name });
    const organization_id = await this.makes("/v1/admin/organizations", { name });
    const email = `${name}@example.org`;
    const body = { email, password: "pass-word-1", role_id, organization_id };
    return { user: await this.makes("/v1/admin/users", body), role_id, organization_id, email };
  }
}

import { request } from "node:http";
import type { Answer, Step } from "./gateway.ts";

/** Sends steps to a mock, each over a connection of its own. */
export class GatewayClient {
  readonly #port: number;
  #sent = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Requests sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** @param session name of a session, by turns in the path and in a header; "" for none */
  send(session: string, step: Omit<Step, "check">): Promise<Answer> {
    const inPath = session !== "" && this.#sent % 2 === 0;
    this.#sent++;
    const { type, bytes } = bodyOf(step);
    const headers = {
      ...(step.key === "" ? {} : { authorization: `Bearer ${step.key}` }),
      ...(session === "" || inPath ? {} : { "x-gatetape-session": session }),
      ...(bytes === undefined ? {} : { "content-type": type, "content-length": bytes.length }),
    };
    const path = inPath ? `/s/${session}${step.path}` : step.path;
    return this.#exchange(step.method, path, headers, bytes);
  }

  #exchange(
    method: string,
    path: string,
    headers: Record<string, string | number>,
    bytes: Buffer | undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { port: this.#port, host: "127.0.0.1", method, path, headers, agent: false } as const;
      const sent = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: valueOf(parts) }));
      });
      sent.on("error", reject);
      sent.end(bytes);
    });
  }
}

function valueOf(parts: readonly Buffer[]): unknown {
  const text = Buffer.concat(parts).toString("utf8");
  return text.startsWith("{") ? (JSON.parse(text) as unknown) : text;
}

const BOUNDARY = "model-based-boundary";

function bodyOf({ body, form, file }: Omit<Step, "check">): { type: string; bytes: Buffer | undefined } {
  if (body !== undefined) return { type: "application/json", bytes: Buffer.from(JSON.stringify(body)) };
  if (form === undefined) return { type: "", bytes: undefined };
  const parts = Object.entries(form).map(
    ([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  if (file !== undefined)
    parts.push(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n${file}\r\n`,
    );
  const text = `${parts.join("")}--${BOUNDARY}--\r\n`;
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes: Buffer.from(text) };
}

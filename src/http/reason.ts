import { STATUS_CODES } from "node:http";

/**
 * The usual reason phrase of a status, as Node has it. The bundle has the phrases without Node's HTTP, which an own socket goes
 * without.
 *
 * @returns `undefined` if the status has none
 */
export function reasonPhrase(status: number): string | undefined {
  return STATUS_CODES[status];
}

/**
 * The usual reason phrase of a status, as Node has it. An `import` of `node:http` would load its WebSocket client, too, which takes
 * longer than all the rest of it.
 *
 * @returns `undefined` if the status has none
 */
export function reasonPhrase(status: number): string | undefined {
  return process.getBuiltinModule("node:http").STATUS_CODES[status];
}

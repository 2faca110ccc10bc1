import { splitTarget } from "../../cassette/index.ts";
import { type OglVersion, specOf } from "../../openapi/index.ts";

/**
 * A request for messages: its method and the path template of the OpenAPI. Path and query themselves may hold a secret of any
 * form.
 */
export function requestTitle(ogl: OglVersion, method: string, target: string): string {
  const found = specOf(ogl).operations.find(method, splitTarget(target).path);
  return found === undefined ? `${method} of a path unknown to OGL` : `${method} ${found.operation.path}`;
}

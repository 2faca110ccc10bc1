import { unquotePlus } from "./forms.ts";

/**
 * The names and values of a query string, as Starlette reads it (`urllib.parse.parse_qsl`, blank values kept).
 *
 * @param raw the target after its question mark
 */
export function queryPairs(raw: string): [string, string][] {
  return raw
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1
        ? [unquotePlus(pair), ""]
        : [unquotePlus(pair.slice(0, equals)), unquotePlus(pair.slice(equals + 1))];
    });
}

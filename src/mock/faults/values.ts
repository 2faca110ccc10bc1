import { nearestWord } from "../../util/index.ts";
import type { HeaderPart, Parameter, Value } from "./model/index.ts";

/** Reason why a value does not fit a parameter, with a fix. */
export interface ValueProblem {
  readonly reason: string;
  readonly fix: string;
}

/** Characters allowed by RFC 9110 sections 5.6.2 and 5.5, as the bytes that Node sends. */
const HEADER_PARTS: Readonly<Record<HeaderPart, RegExp>> = {
  "header name": /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  "header value": /^[\t\x20-\x7e\x80-\xff]*$/,
};

/** Checks a value against its parameter; `undefined` if it fits. */
export function valueProblem(name: string, parameter: Parameter, value: Value): ValueProblem | undefined {
  const is = (what: string, fix: string): ValueProblem => ({
    reason: `${name} is ${what}, not ${JSON.stringify(value)}`,
    fix,
  });
  switch (parameter.kind) {
    case "flag":
      return typeof value === "boolean" ? undefined : is("yes or no", `write ${name} or ${name}=no`);
    case "choice": {
      if (typeof value === "string" && parameter.choices.includes(value)) return undefined;
      const near = nearestWord(String(value), parameter.choices);
      const fix = near === undefined ? `write ${name}=${parameter.default}` : `did you mean ${near}?`;
      return is(`one of ${parameter.choices.join(", ")}`, fix);
    }
    case "number": {
      const { min, max, unit } = parameter;
      if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return undefined;
      return is(
        `a whole number from ${min} to ${max} (${unit})`,
        `write ${name}=${parameter.default ?? min}`,
      );
    }
    case "text": {
      if (typeof value !== "string") return is("a text", `write ${name}=… or ${name}="…"`);
      const { only } = parameter;
      if (only === undefined || HEADER_PARTS[only].test(value)) return undefined;
      return is(
        `a ${only}`,
        "leave out characters that HTTP does not allow there, such as line ends and emoji",
      );
    }
  }
}

/** Parses a value. A text that does not fit stays a text, for `valueProblem` to report. */
export function valueFrom(parameter: Parameter, text: string | undefined): Value {
  if (parameter.kind === "flag") {
    if (text === undefined || text === "yes") return true;
    return text === "no" ? false : text;
  }
  if (parameter.kind === "number")
    return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : (text ?? "");
  return text ?? "";
}

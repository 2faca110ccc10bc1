import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { GatetapeError } from "../../util/index.ts";

export type ControlTokenErrorCode = "malformed" | "no-variable";

/** Error for a token of the control API that can't be used. */
export class ControlTokenError extends GatetapeError<ControlTokenErrorCode> {
  override readonly name = "ControlTokenError";
}

/** Shortest token: guesses over a network never get through as many. */
const MIN_LENGTH = 8;
const FROM_ENVIRONMENT = /^env:\s*(\w+)$/;

/**
 * Token of the control API.
 * @param given the token, or `env:NAME` for a variable of `env`; without it a token is made up
 * @throws ControlTokenError if the variable is not set, or no header can carry the token
 */
export function controlToken(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (given === undefined) return randomBytes(18).toString("base64url");
  const [, variable] = FROM_ENVIRONMENT.exec(given) ?? [];
  const token = variable === undefined ? given : env[variable];
  const location = { option: "--control-token" };
  if (token === undefined || token === "")
    throw new ControlTokenError(
      "no-variable",
      location,
      variable === undefined ? "the token is empty" : `there is no variable ${variable} in the environment`,
      variable === undefined ? "leave the option out to have one made up" : `export ${variable}=…`,
    );
  if (token.length < MIN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
    throw new ControlTokenError(
      "malformed",
      location,
      `a token has ${MIN_LENGTH} or more visible ASCII characters without blanks`,
      "use one like `openssl rand -hex 16` prints, or leave the option out",
    );
  return token;
}

/** Whether two tokens are equal, in a time that tells nothing about where they differ. */
export function isSameToken(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";

/**
 * Reads the upstream's key from a variable of the environment or of `.env`.
 * @throws UsageError if there is none
 */
export function keyFrom(name: string, io: Pick<Io, "cwd" | "env">): string {
  const key = variables(io)[name];
  if (key === undefined || key === "")
    throw new UsageError(
      "option",
      {},
      `--upstream-key-env ${name}: there is no such variable in the environment, nor in .env`,
      `export ${name}=sk-…, or write it into .env`,
    );
  return key;
}

/** Variables of the environment, and those of `.env` that it does not have. */
export function variables(io: Pick<Io, "cwd" | "env">): Readonly<Record<string, string | undefined>> {
  const file = located(io, ".env");
  return existsSync(file) ? { ...parseEnv(readFileSync(file, "utf8")), ...io.env } : io.env;
}

/** Path of the file of `--ca`. @throws UsageError if there is no such file */
export function readableFile(file: string, io: Pick<Io, "cwd">): string {
  const path = located(io, file);
  if (!existsSync(path))
    throw new UsageError(
      "not-found",
      { option: "--ca", file },
      "no such file",
      "give a file of certificates in PEM",
    );
  return path;
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ci } from "./ci.ts";

/** Detected properties of a project, which are the defaults of `init`'s questions. */
export interface Project {
  readonly ci: Ci;
  readonly testCommand: string;
  readonly install: string | undefined;
}

/** Detects the CI and the test tools of a project by its files. */
export function detectProject(dir: string): Project {
  const has = (name: string): boolean => existsSync(join(dir, name));
  return { ci: detectCi(dir, has), ...projectTools(has) };
}

function detectCi(dir: string, has: (name: string) => boolean): Ci {
  if (has(".gitlab-ci.yml")) return "gitlab";
  if (has(".github")) return "github";
  const config = join(dir, ".git", "config");
  const remotes = existsSync(config) ? readFileSync(config, "utf8") : "";
  if (/^\s*url = .*gitlab/m.test(remotes)) return "gitlab";
  return /^\s*url = .*github\.com/m.test(remotes) ? "github" : "none";
}

function projectTools(has: (name: string) => boolean): Pick<Project, "testCommand" | "install"> {
  if (has("package.json"))
    return { testCommand: "npm test", install: has("package-lock.json") ? "npm ci" : "npm install" };
  if (has("pyproject.toml") || has("setup.py")) return { testCommand: "pytest", install: undefined };
  if (has("Cargo.toml")) return { testCommand: "cargo test", install: undefined };
  if (has("go.mod")) return { testCommand: "go test ./...", install: undefined };
  return { testCommand: "npm test", install: undefined };
}

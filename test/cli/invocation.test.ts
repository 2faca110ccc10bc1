import { describe, expect, it } from "vitest";
import { invocationOf } from "../../src/cli/support/invocation.ts";

describe("the words by which gatetape was called", () => {
  it.each([
    [
      "npx --no-install gatetape",
      "/p/node_modules/.bin/gatetape",
      { npm_config_user_agent: "npm/11.0.0 node/v24" },
    ],
    ["npx --no-install gatetape", "/p/node_modules/.bin/gatetape", {}],
    ["npx --no-install gatetape", "/c/_npx/1/node_modules/.bin/gatetape", { npm_command: "exec" }],
    [
      "pnpm exec gatetape",
      "/p/node_modules/gatetape/dist/cli/main.js",
      { npm_config_user_agent: "pnpm/10.1.0" },
    ],
    ["yarn gatetape", "/p/node_modules/.bin/gatetape", { npm_config_user_agent: "yarn/4.0.0" }],
    ["bunx --no-install gatetape", "/p/node_modules/.bin/gatetape", { npm_config_user_agent: "bun/1.3.0" }],
    ["gatetape", "/usr/local/bin/gatetape", {}],
    ["node src/cli/main.ts", "/p/src/cli/main.ts", {}],
    ["node dist/cli/main.js", "/p/dist/cli/main.js", {}],
    ["node 'my checkout/main.js'", "/p/my checkout/main.js", {}],
  ])("are %s for %s", (expected, script, env) => {
    expect(invocationOf(["/usr/bin/node", script], env, "/p")).toBe(expected);
  });
});

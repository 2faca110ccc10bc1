import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Every test that talks to a socket starts its own server on a free port, so files may run side by side.
    testTimeout: 20_000,
  },
});

export default config;

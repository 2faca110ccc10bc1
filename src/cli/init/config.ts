import type { OglVersion } from "../../openapi/index.ts";

/**
 * Prints a first config. Its only mention of gatetape is a type, which Node strips, so the file also loads if gatetape is
 * not installed.
 */
export function configText(ogl: OglVersion): string {
  return `// The configuration of gatetape; a flag of the command line wins over it.
export default {
  mock: {
    port: 4010,
    ogl: "${ogl}",
    // Your cassettes, and the library that comes with gatetape.
    cassettes: ["./cassettes", "bundled"],
    // speed: "instant",   // no waits, same bytes
    // policy: "observe",  // let requests pass that the OpenAPI forbids
  },
} satisfies import("gatetape").Config;
`;
}

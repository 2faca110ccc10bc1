import type { Plugin } from "rolldown";
import { OGL_VERSIONS, correctedDocument, widenOf } from "../../src/openapi/document/versions.ts";

const REPLACED = /\/src\/openapi\/document\/built-documents\.ts$/;

/** Plugin that puts corrected documents in the place of those that the sources make of an OpenAPI and its errata. */
export function documents(): Plugin {
  return {
    name: "documents",
    load: {
      filter: { id: REPLACED },
      handler() {
        const files = OGL_VERSIONS.map((version) => {
          const reference = this.emitFile({
            type: "asset",
            name: `openapi-${version.replaceAll(".", "-")}.json`,
            source: JSON.stringify({ document: correctedDocument(version), widen: widenOf(version) }),
          });
          return `${JSON.stringify(version)}: import.meta.ROLLUP_FILE_URL_${reference}`;
        });
        return `import { readFileSync } from "node:fs";
          const files = { ${files.join()} };
          export const builtDocument = (version) => JSON.parse(readFileSync(new URL(files[version]), "utf8"));`;
      },
    },
  };
}

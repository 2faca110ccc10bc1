import type { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "rolldown";
import { CASSETTE_SCHEMA } from "../../src/cassette/format/schema.ts";
import { CONFIG_SCHEMA } from "../../src/cli/support/config-check.ts";
import { RULE_FORM } from "../../src/mock/replies/rules/check.ts";
import { WORLD_SCHEMA } from "../../src/ogl/state/load.ts";
import type { JsonObject } from "../../src/openapi/document/document.ts";
import {
  OGL_VERSIONS,
  type OglVersion,
  correctedDocument,
  widenOf,
} from "../../src/openapi/document/versions.ts";
import { Operations } from "../../src/openapi/document/operations.ts";
import { documentAjv, documentSchema, validatorName } from "../../src/openapi/validate/schemas.ts";
import { checkerName } from "../../src/openapi/validate/validators.ts";
import { type OwnSchema, newAjv } from "../../src/util/ajv.ts";

const REPLACED = /\/src\/util\/built-validators\.ts$/;
const PREFIX = "\0validators:";
/** Ajv that keeps the code of its validators. */
const CODE = { code: { source: true, esm: true, optimize: true } } as const;
/** Operations whose requests and answers are validated at the start of most mocks and recorders. */
const HOT: ReadonlySet<string> = new Set(["models.list", "models.get", "embeddings.create", "chat.create"]);

/** Validators that share a file. */
interface Group {
  /** Part of the file's name: two chunks of one name would be taken for one another. */
  readonly label: string;
  readonly names: readonly string[];
  readonly code: string;
}

/** Plugin that puts validators compiled beforehand in the place of those that the sources compile when they are first needed. */
export function validators(): Plugin {
  const groups = allGroups();
  return {
    name: "validators",
    resolveId: { filter: { id: /^\0validators:/ }, handler: (id) => id },
    load: {
      filter: { id: [REPLACED, /^\0validators:/] },
      handler(id) {
        if (id.startsWith(PREFIX)) return groups[Number(id.slice(PREFIX.length))]?.code;
        const urls = groups.map(({ label }, i) => {
          const reference = this.emitFile({
            type: "chunk",
            id: PREFIX + i,
            name: `validators-${label}`,
            preserveSignature: "strict",
          });
          return `lazyPackage(import.meta.ROLLUP_FILE_URL_${reference})`;
        });
        const places = groups.flatMap(({ names }, i) =>
          names.map((name, n) => `[${JSON.stringify(name)}, [${i}, "v${n}"]]`),
        );
        return `import { lazyPackage } from "./module/index.ts";
          const groups = [${urls.join()}];
          const places = new Map([${places.join()}]);
          export function builtValidator(name) {
            const place = places.get(name);
            return place && groups[place[0]]()[place[1]];
          }`;
      },
    },
  };
}

function allGroups(): Group[] {
  return [
    ...[CASSETTE_SCHEMA, WORLD_SCHEMA, CONFIG_SCHEMA, RULE_FORM].map((own) => ownGroup(own)),
    ...OGL_VERSIONS.flatMap((version) => documentGroups(version)),
  ];
}

function ownGroup({ name, schema, options }: OwnSchema): Group {
  return group(name, newAjv({ ...options, ...CODE }), [[name, schema as JsonObject]]);
}

function documentGroups(version: OglVersion): Group[] {
  const document = correctedDocument(version);
  const hot = new Operations(document).list
    .filter(({ id }) => HOT.has(id))
    .map(({ definition }) => definition);
  const requests = hot.flatMap(({ parameters = [], requestBody }) => [
    ...parameters.map(({ schema }) => schema),
    requestBody?.content["application/json"]?.schema,
  ]);
  const responses = hot.flatMap((operation) =>
    Object.values(operation.responses).flatMap(({ content = {} }) =>
      Object.values(content).flatMap(({ schema, itemSchema }) => [schema, itemSchema]),
    ),
  );
  return (["requests", "responses"] as const).map((part) => {
    const widening = part === "requests" ? widenOf(version) : {};
    const schemas = (part === "requests" ? requests : responses).filter((schema) => schema !== undefined);
    const named = schemas.map((schema): [string, JsonObject] => [
      validatorName(checkerName(version, part), schema),
      documentSchema(schema, widening),
    ]);
    return group(
      `${part}-${version.replaceAll(".", "-")}`,
      documentAjv(document.components, widening, CODE),
      [...new Map(named)],
    );
  });
}

function group(
  label: string,
  ajv: Ajv2020,
  schemas: readonly (readonly [name: string, schema: JsonObject])[],
): Group {
  const ids: Record<string, string> = {};
  for (const [i, [, schema]] of schemas.entries()) {
    ids[`v${i}`] = `built:${i}`;
    ajv.addSchema({ ...schema, $id: `built:${i}` });
  }
  return { label, names: schemas.map(([name]) => name), code: standalone.default(ajv, ids) };
}

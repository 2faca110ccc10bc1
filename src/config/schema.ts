import schema from "./config.schema.json" with { type: "json" };

/** JSON Schema of the config file. Its type names no file: users' compilers would look for that beside the declarations. */
export const configSchema: Readonly<Record<string, unknown>> = schema;

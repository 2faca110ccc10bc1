import type { Plugin } from "rolldown";

/** Modules that take milliseconds to load, and that most commands do not use at all: their functions load them when called. */
const LATE: ReadonlySet<string> = new Set(["node:child_process", "node:crypto", "node:v8", "node:zlib"]);

/** Exports that are plain data, the same on every machine: the bundle has them instead of their module. */
const DATA: ReadonlySet<string> = new Set(["node:http STATUS_CODES"]);

const PREFIX = "\0builtin:";

/**
 * Plugin for imports of Node's own modules. An `import` reads every export of one, which loads what is behind them: Node's WebSocket
 * client for `node:http`, streams and promises for `node:fs`. A bundle reads only the exports that it uses.
 */
export function builtins(): Plugin {
  return {
    name: "builtins",
    resolveId: {
      filter: { id: /^node:/ },
      // The program's first file says what it needs to Nodes that are too old for this.
      handler: (id, importer) => (importer?.endsWith("/src/cli/main.ts") ? undefined : PREFIX + id),
    },
    load: {
      filter: { id: /^\0builtin:/ },
      handler(id) {
        const name = id.slice(PREFIX.length);
        const module: object | undefined = process.getBuiltinModule(name);
        if (module === undefined) throw new Error(`Node has no module ${name}`);
        const isLate = LATE.has(name);
        const read = (key: string): string => {
          if (DATA.has(`${name} ${key}`)) return JSON.stringify(Reflect.get(module, key));
          return isLate && isPlainFunction(module, key)
            ? `(...given) => readExport(${JSON.stringify(key)})(...given)`
            : `/* @__PURE__ */ readExport(${JSON.stringify(key)})`;
        };
        const all = isLate
          ? "new Proxy({}, { get: (_, key) => readExport(key) })"
          : `process.getBuiltinModule(${JSON.stringify(name)})`;
        const names = Object.keys(module).filter(
          (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== "default",
        );
        const code = `const readExport = (key) => process.getBuiltinModule(${JSON.stringify(name)})[key];
${names.map((key) => `export const ${key} = ${read(key)};`).join("\n")}
export default /* @__PURE__ */ ${all};
`;
        return { code, moduleSideEffects: false };
      },
    },
  };
}

function isPlainFunction(module: object, key: string): boolean {
  const value: unknown = Reflect.get(module, key);
  return typeof value === "function" && /^[a-z]/.test(key);
}

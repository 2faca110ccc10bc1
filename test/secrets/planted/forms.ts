/** Forms in which a text says a secret: lines of shells, configs, code, tables, prose. Each is planted by a carrier. */
import type { Random } from "../../support/random.ts";
import type { Name, Spelling } from "./names.ts";

/** What a form says: the name as it is spelled there, and the value. */
export interface Said {
  readonly name: string;
  readonly value: string;
  readonly random: Random;
}

export interface Form {
  readonly id: string;
  readonly spelling: Spelling;
  /** Values that the form can hold. @default values of one line */
  readonly takes?: RegExp;
  /** Languages of names that prose takes. */
  readonly languages?: readonly Name["language"][];
  /** The form says by itself that a password stands there, so that it needs no name. */
  readonly names?: "itself";
  write(said: Said): string;
}

const ONE_LINE = /^[^\r\n]+$/;
/** Values that need no quotes in a shell, in YAML or in a table. */
const PLAIN = /^[\w.~+/=:@%-]+$/;
/** Values that a user may have in a URL without escapes. */
const UNRESERVED = /^[\w.~-]+$/;

const shell = (value: string): string => (PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);
const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const element = (name: string): string => name.replaceAll(/[^\p{L}\d_.-]/gu, "");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const form = (id: string, spelling: Spelling, write: Form["write"], more: Partial<Form> = {}): Form => ({
  id,
  spelling,
  takes: ONE_LINE,
  write,
  ...more,
});
const itself = (id: string, write: Form["write"], takes: RegExp = ONE_LINE): Form =>
  form(id, "none", write, { names: "itself", takes });

const SHELL: readonly Form[] = [
  form("export", "variable", ({ name, value }) => `export ${name}=${shell(value)}\nnpm run start`),
  form("dotenv", "variable", ({ name, value }) => `# .env\nPORT=8080\n${name}=${value}\nDEBUG=0`),
  form("dotenv, quoted", "variable", ({ name, value }) => `PORT=8080\n${name}="${value}"\n`),
  form("setx", "variable", ({ name, value }) => `Run this in cmd:\n\nsetx ${name} "${value}"`),
  form("setx, bare", "variable", ({ name, value }) => `setx ${name} ${value}`, { takes: PLAIN }),
  form("PowerShell", "variable", ({ name, value }) => `$env:${name} = "${value}"\nnode app.js`),
  form("cmd set", "variable", ({ name, value }) => `set ${name}=${value}`, { takes: PLAIN }),
  form("fish", "variable", ({ name, value }) => `set -gx ${name} ${shell(value)}`),
  form(
    "before a command",
    "variable",
    ({ name, value }) => `${name}=${shell(value)} python app.py --verbose`,
  ),
  form(
    "docker run -e",
    "variable",
    ({ name, value }) => `docker run -e ${name}=${shell(value)} -p 80:80 app`,
  ),
  form("Dockerfile", "variable", ({ name, value }) => `FROM node:24\nENV ${name}=${value}\nCMD ["node"]`, {
    takes: PLAIN,
  }),
  form("flag", "flag", ({ name, value }) => `./deploy.sh --${name} ${shell(value)} --dry-run`),
  form(
    "flag with =",
    "flag",
    ({ name, value }) => `cli login --${name}=${shell(value)} --host db.example.com`,
  ),
  form(
    "curl -H",
    "header",
    ({ name, value }) => `curl -H '${name}: ${value}' https://api.example.com/v1/models`,
  ),
  itself(
    "curl -H Bearer",
    ({ value }) => `curl https://api.example.com/v1 -H "Authorization: Bearer ${value}"`,
    PLAIN,
  ),
  itself("curl -u", ({ value }) => `curl -u bob:${shell(value)} https://api.example.com/me`),
  itself("curl --user", ({ value }) => `curl --user "bob:${value}" https://api.example.com/me`),
  itself("mysql -p", ({ value }) => `mysql -h db.example.com -u root -p${shell(value)} shop < dump.sql`),
  itself("docker login -p", ({ value }) => `docker login -u bob -p ${shell(value)} registry.example.com`),
  itself("sshpass -p", ({ value }) => `sshpass -p ${shell(value)} ssh bob@host.example.com`),
  itself("redis-cli -a", ({ value }) => `redis-cli -h redis.example.com -a ${shell(value)} ping`),
  itself(
    "wget --password",
    ({ value }) => `wget --user=bob --password=${shell(value)} https://files.example.com/a.zip`,
  ),
];

const FILES: readonly Form[] = [
  itself(".netrc", ({ value }) => `machine api.example.com\n  login bob\n  password ${value}\n`, PLAIN),
  itself(".netrc, one line", ({ value }) => `machine api.example.com login bob password ${value}`, PLAIN),
  itself(
    ".pgpass",
    ({ value }) => `# ~/.pgpass\ndb.example.com:5432:shop:bob:${value.replaceAll(/[:\\]/g, "\\$&")}\n`,
  ),
  itself(
    ".npmrc",
    ({ value }) => `registry=https://npm.example.com/\n//npm.example.com/:_authToken=${value}\n`,
  ),
  itself(".git-credentials", ({ value }) => `https://bob:${value}@git.example.com\n`, UNRESERVED),
  itself(
    "URL with a user",
    ({ value }) => `DATABASE: postgresql://bob:${encodeURIComponent(value)}@db.example.com:5432/shop`,
  ),
  itself("redis URL", ({ value }) => `redis://:${encodeURIComponent(value)}@redis.example.com:6379/0`),
  form(
    "query of a URL",
    "parameter",
    ({ name, value }) =>
      `see https://api.example.com/v2/items?page=2&${encodeURIComponent(name)}=${encodeURIComponent(value)}&lang=fr for it`,
  ),
  form(
    "YAML",
    "member",
    ({ name, value }) =>
      `server:\n  port: 8080\n  ${name}: ${PLAIN.test(value) ? value : `"${value}"`}\n  debug: false`,
  ),
  form("YAML, single quotes", "member", ({ name, value }) => `auth:\n  ${name}: '${value}'\n`),
  form(
    "YAML of Kubernetes",
    "variable",
    ({ name, value }) => `env:\n  - name: ${name}\n    value: "${value}"\n`,
  ),
  form("TOML", "member", ({ name, value }) => `[server]\nport = 8080\n${name} = "${value}"\n`),
  form("ini", "member", ({ name, value }) => `[database]\nhost = db.example.com\n${name} = ${value}\n`),
  form("properties", "member", ({ name, value }) => `server.port=8080\nspring.datasource.${name}=${value}\n`),
  form("Terraform", "member", ({ name, value }) => `resource "x" "y" {\n  ${name} = "${value}"\n}`),
  form(
    "XML element",
    "member",
    ({ name, value }) => `<config><port>80</port><${element(name)}>${xml(value)}</${element(name)}></config>`,
  ),
  form(
    "XML attribute",
    "member",
    ({ name, value }) => `<server host="db.example.com" ${element(name)}="${xml(value)}" timeout="5"/>`,
  ),
  form(
    "XML key and value",
    "member",
    ({ name, value }) => `<appSettings>\n  <add key="${name}" value="${xml(value)}" />\n</appSettings>`,
  ),
  form(
    "HTML input",
    "member",
    ({ name, value }) => `<input type="hidden" name="${name}" value="${xml(value)}">`,
  ),
  form(
    "plist",
    "member",
    ({ name, value }) => `<dict><key>${name}</key><string>${xml(value)}</string></dict>`,
  ),
];

const CODE: readonly Form[] = [
  form(
    "os.environ",
    "variable",
    ({ name, value }) => `import os\nos.environ["${name}"] = "${value}"\nmain()`,
  ),
  form("os.getenv", "variable", ({ name, value }) => `x = os.getenv('${name}', '${value}')`),
  form("process.env", "variable", ({ name, value }) => `process.env.${name} = "${value}";\nstart();`),
  form(
    "const",
    "parameter",
    ({ name, value }) => `const ${element(name).replaceAll("-", "_")} = "${value}";\nconnect();`,
  ),
  form(
    "Python",
    "parameter",
    ({ name, value }) => `${element(name).replaceAll("-", "_")} = '${value}'\nprint("ok")`,
  ),
  form(
    "keyword argument",
    "parameter",
    ({ name, value }) =>
      `client = Client(host="x", ${element(name).replaceAll("-", "_")}="${value}", timeout=5)`,
  ),
  form(
    "PHP array",
    "member",
    ({ name, value }) => `return ['host' => 'x', '${name}' => '${value}', 'port' => 3306];`,
  ),
  form(
    "Ruby hash",
    "parameter",
    ({ name, value }) => `{ host: "x", ${element(name).replaceAll("-", "_")}: "${value}" }`,
  ),
  form("Go", "parameter", ({ name, value }) => `${element(name).replaceAll("-", "_")} := "${value}"\nrun()`),
  form("C#", "member", ({ name, value }) => `config["${name}"] = "${value}";`),
  form(
    "connection string",
    "parameter",
    ({ name, value }) => `Server=db.example.com;Database=shop;User Id=bob;${name}=${value};Encrypt=true`,
    { takes: /^[^;\r\n]+$/ },
  ),
  form(
    "fetch headers",
    "header",
    ({ name, value }) => `fetch(url, { headers: { "${name}": "${value}", accept: "*/*" } })`,
  ),
  form(
    "HTTP head",
    "header",
    ({ name, value }) => `GET /v1/models HTTP/1.1\nHost: api.example.com\n${name}: ${value}\n\n`,
  ),
  itself(
    "HTTP head, Bearer",
    ({ value }) => `> GET /me HTTP/1.1\n> Authorization: Bearer ${value}\n> Accept: */*`,
    PLAIN,
  ),
  itself(
    "HTTP head, Cookie",
    ({ value }) => `> GET /me HTTP/1.1\n> Cookie: theme=dark; session=${value}\n`,
    PLAIN,
  ),
];

const JSONS: readonly Form[] = [
  form(
    "JSON in text",
    "member",
    ({ name, value }) =>
      `Here is it:\n\`\`\`json\n{"port": 80, ${JSON.stringify(name)}: ${JSON.stringify(value)}}\n\`\`\``,
    { takes: /^/ },
  ),
  form(
    "JSON in JSON in text",
    "member",
    ({ name, value }) => JSON.stringify({ body: JSON.stringify({ [name]: value, n: 1 }) }),
    { takes: /^/ },
  ),
  form(
    "single-quoted dict",
    "member",
    ({ name, value }) => `{'host': 'x', '${name}': '${value}', 'port': 1}`,
  ),
  form("list pair", "header", ({ name, value }) =>
    JSON.stringify([
      ["Accept", "*/*"],
      [name, value],
    ]),
  ),
  form("name and value", "header", ({ name, value }) => JSON.stringify({ headers: [{ name, value }] })),
  form("key and value", "member", ({ name, value }) => JSON.stringify({ items: [{ key: name, value }] }), {
    takes: /^/,
  }),
  form("value in an object", "member", ({ name, value }) => JSON.stringify({ [name]: { value } }), {
    takes: /^/,
  }),
  form("value in a list", "member", ({ name, value }) => JSON.stringify({ [name]: [value] }), { takes: /^/ }),
];

const ALL_PROSE = ["en", "fr", "de", "es", "other"] as const;
const PROSE: readonly Form[] = [
  form(
    "Markdown table",
    "words",
    ({ name, value }) =>
      `| setting | value |\n|---|---|\n| host | db.example.com |\n| ${capital(name)} | ${value} |\n`,
    { languages: ALL_PROSE },
  ),
  form(
    "Markdown table, columns",
    "words",
    ({ name, value }) => `| user | ${name} | since |\n|---|---|---|\n| bob | ${value} | 2024 |\n`,
    { languages: ALL_PROSE },
  ),
  form(
    "Markdown list",
    "words",
    ({ name, value }) => `- host: db.example.com\n- **${capital(name)}**: \`${value}\`\n`,
    { languages: ALL_PROSE },
  ),
  form("name: value", "words", ({ name, value }) => `${capital(name)}: ${value}`, { languages: ALL_PROSE }),
  form("CSV", "member", ({ name, value }) => `user,${name},role\nbob,${value},admin\n`, {
    takes: /^[^,"\r\n]+$/,
  }),
  form(
    "my … is",
    "words",
    ({ name, value }) => `Please help me, my ${name} is ${value} and it does not work.`,
    { languages: ["en"] },
  ),
  form("the … is, quoted", "words", ({ name, value }) => `The ${name} is "${value}". Try again with it.`, {
    languages: ["en"],
  }),
  form("here is the …", "words", ({ name, value }) => `here is the ${name}: ${value}\nthanks!`, {
    languages: ["en"],
  }),
  form("mon … est", "words", ({ name, value }) => `Bonjour, mon ${name} est ${value} mais il est refusé.`, {
    languages: ["fr"],
  }),
  form("Ma … :", "words", ({ name, value }) => `Ma ${name} : ${value}\nMerci !`, { languages: ["fr"] }),
  form("le … «»", "words", ({ name, value }) => `Le ${name} est « ${value} ».`, { languages: ["fr"] }),
  form(
    "mein … ist",
    "words",
    ({ name, value }) => `Hallo, mein ${capital(name)} ist ${value} und es geht nicht.`,
    { languages: ["de"] },
  ),
  form("das … lautet", "words", ({ name, value }) => `Das ${capital(name)} lautet: ${value}`, {
    languages: ["de"],
  }),
  form("mi … es", "words", ({ name, value }) => `Hola, mi ${name} es ${value} y no funciona.`, {
    languages: ["es"],
  }),
  form(
    "log line",
    "parameter",
    ({ name, value }) => `2026-11-21 12:00:01 INFO auth: user=bob ${name}=${value} ip=ok`,
    { takes: PLAIN },
  ),
  itself(
    "Incorrect API key provided",
    ({ value }) => `Incorrect API key provided: ${value}. You can find your API key in the dashboard.`,
    PLAIN,
  ),
  itself("Invalid password", ({ value }) => `login failed for bob: invalid password '${value}'`),
];

/** Forms that name nothing: only a value that tells by itself is a secret there. */
const BARE: readonly Form[] = [
  form("alone", "none", ({ value }) => value, { takes: /^/ }),
  form("in a sentence", "none", ({ value }) => `I found this in the repo: ${value}, is it bad?`, {
    takes: /^/,
  }),
  form("in quotes", "none", ({ value }) => `client = Client("${value}")`, { takes: /^/ }),
  form("after a word", "none", ({ value }) => `use ${value}\n`, { takes: /^/ }),
];

export const FORMS: readonly Form[] = [...SHELL, ...FILES, ...CODE, ...JSONS, ...PROSE, ...BARE];

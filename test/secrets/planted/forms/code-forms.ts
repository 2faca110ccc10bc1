/** Forms of shells, configs and code. */
import { type Form, PLAIN, UNRESERVED, element, form, itself, shell, xml } from "./form.ts";

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

/** Forms of shells, configs and code. */
export const CODE_FORMS: readonly Form[] = [...SHELL, ...FILES, ...CODE];

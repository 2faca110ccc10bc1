/** Forms in which a text says a secret: lines of shells, configs, code, tables, prose. Each is planted by a carrier. */
import { CODE_FORMS } from "./code-forms.ts";
import { type Form, PLAIN, capital, form, itself } from "./form.ts";

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
export const BARE: readonly Form[] = [
  form("alone", "none", ({ value }) => value, { takes: /^/ }),
  form("in a sentence", "none", ({ value }) => `I found this in the repo: ${value}, is it bad?`, {
    takes: /^/,
  }),
  form("in quotes", "none", ({ value }) => `client = Client("${value}")`, { takes: /^/ }),
  form("after a word", "none", ({ value }) => `use ${value}\n`, { takes: /^/ }),
];

/** Forms that name a secret, or say by themselves that one stands there. */
export const NAMED: readonly Form[] = [...CODE_FORMS, ...JSONS, ...PROSE];

export type { Form } from "./form.ts";

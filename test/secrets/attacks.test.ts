/** Texts of many tools and languages in which a secret stands: none is left in a prompt. */
import { describe, expect, it } from "vitest";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const TEXTS: readonly ((v: string) => string)[] = [
  (v) => `Server=db;Database=x;User Id=sa;Password=${v};Encrypt=true`,
  (v) => `jdbc:postgresql://db.example.com/x?user=bob&password=${encodeURIComponent(v)}`,
  (v) => `CREATE USER bob IDENTIFIED BY '${v}';`,
  (v) => `ALTER USER bob WITH PASSWORD '${v}';`,
  (v) => `CREATE ROLE bob LOGIN PASSWORD '${v}'`,
  (v) => `redis://:${encodeURIComponent(v)}@redis.example.com:6379/0`,
  (v) => `AUTH ${v}\r\nPING`,
  (v) => `spring.datasource.password=${v}`,
  (v) => `ConvertTo-SecureString "${v}" -AsPlainText -Force`,
  (v) => `https://bob:${encodeURIComponent(v)}@git.example.com/x.git`,
  (v) => `http POST api.example.com x-api-key:${v}`,
  (v) => `'password' => '${v}',`,
  (v) => `:password => "${v}"`,
  (v) => `Password: "${v}",`,
  (v) => `client.bearer_auth("${v}")`,
  (v) => `auth=("bob", "${v}")`,
  (v) => `HTTPBasicAuth('bob', '${v}')`,
  (v) => `identifiant : bob / mdp : ${v}`,
  (v) => `login: bob, pass: ${v}`,
  (v) => `user bob pass ${v}`,
  (v) => `WPA key: ${v}`,
  (v) => `clé WPA : ${v}`,
  (v) => `variable "db_password" {\n  default = "${v}"\n}`,
  (v) => `db_password = "${v}"`,
  (v) => `  password: >-\n    ${v}`,
  (v) => `data:\n  password: ${base64(v)}`,
  (v) => `apiVersion: v1\nkind: Secret\ndata:\n  x: ${base64("password=" + v)}`,
  (v) => `new OpenAI({ apiKey: '${v}' })`,
  (v) => `OpenAI(api_key="${v}")`,
  (v) => `openai.api_key = "${v}"`,
  (v) => `let apiKey = \`${v}\``,
  (v) => `const headers = { 'X-Api-Key': '${v}' }`,
  (v) => `-H "X-Api-Key: ${v}"`,
  (v) => `--header 'api-key: ${v}'`,
  (v) => `API Key = ${v}`,
  (v) => `API-Schlüssel: ${v}`,
  (v) => `La clé secrète est : ${v}`,
  (v) => `voici mon jeton : ${v}`,
  (v) => `token=${v}`,
  (v) => `?access_token=${v}&x=1`,
  (v) => `sshpass -p '${v}' ssh bob@h`,
  (v) => `PGPASSWORD=${v} psql`,
  (v) => `mysql --password=${v}`,
  (v) => `curl -u "bob:${v}" x`,
  (v) => `echo "${v}" | sudo -S ls`,
  (v) => `Authorization: Basic ${base64("bob:" + v)}`,
  (v) =>
    `"connectionString": "Endpoint=sb://x.servicebus.example.com/;SharedAccessKeyName=Root;SharedAccessKey=${v}"`,
  (v) => `_authToken=${v}`,
  (v) => `[default]\naws_secret_access_key = ${v}`,
  (v) => `machine api.example.com\n  login bob\n  password ${v}`,
  (v) => `{"auths":{"r.example.com":{"auth":"${base64("bob:" + v)}"}}}`,
  (v) => `export const SECRET = '${v}' as const;`,
  (v) => `password → ${v}`,
  (v) => `Password\n${v}`,
  (v) => `Username: bob\nPassword:\n${v}\n`,
  (v) => `Mot de passe :\n\n${v}`,
  (v) => `\x60\x60\x60env\nALBERT_API_KEY=${v}\n\x60\x60\x60`,
  (v) => `set_password("${v}")`,
  (v) => `login("bob", "${v}")`,
  (v) => `Passphrase ${v}`,
  (v) => `KEY="${v}"`,
  (v) => `the admin password was changed to ${v} yesterday`,
  (v) => `j'ai mis ${v} comme mot de passe`,
  (v) => `use ${v} as the password`,
  (v) => `my pw: ${v}`,
  (v) => `<string name="api_key">${v}</string>`,
  (v) => `password: !!str ${v}`,
  (v) => `"password" : {"$value": "${v}"}`,
  (v) => `%env(PASSWORD)% = ${v}`,
  (v) => `x-goog-api-key=${v}`,
];

describe.each(["Soleil-4821!x", "k3j4h5g6f7d8s9a0", "9f86d081884c7d659a2feaa0c55ad015"])(
  "the secret %s",
  (secret) => {
    it.each(TEXTS.map((make) => [make(secret)]))("is replaced in %j", (text) => {
      const prompt = JSON.stringify({ messages: [{ role: "user", content: text }] });
      const clean = new Sanitizer().replaceText(prompt);
      expect(Object.keys(JSON.parse(clean) as object)).toEqual(["messages"]);
      for (const spelled of [secret, encodeURIComponent(secret), base64(secret), base64(`bob:${secret}`)])
        expect(clean).not.toContain(spelled);
    });
  },
);

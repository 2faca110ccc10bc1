/** Texts of many tools and languages in which a secret stands: none is left in a prompt. Those without one stay. */
import { describe, expect, it } from "vitest";
import { randomRuns } from "../../src/secrets/scan/entropy.ts";
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
  (v) => `export STRIPE_SK=${v}`,
  (v) => `DBPW=${v}`,
  (v) => `env:\n  - value: "${v}"\n    name: DB_PASSWORD\n`,
  (v) => `<add value="${v}" key="ClientSecret" />`,
  (v) => `network={\n ssid="Home"\n psk="${v}"\n}`,
  (v) => `WIFI:T:WPA;S:Home;P:${v};;`,
  (v) => `<auth-user-pass>\nbob\n${v}\n</auth-user-pass>`,
  (v) => `secret_key_base: ${v}`,
  (v) => `define( 'AUTH_SALT', '${v}' );`,
  (v) => `$db = new mysqli("localhost", "root", "${v}", "shop");`,
  (v) => `new PDO('mysql:host=db;dbname=x', 'bob', '${v}');`,
  (v) => `DriverManager.getConnection(url, "bob", "${v}");`,
  (v) => `const k = process.env.API_KEY || "${v}";`,
  (v) => `const token = process.env.TOKEN ?? '${v}'`,
  (v) => `api_key: str = "${v}"`,
  (v) => `private readonly apiSecret: string = "${v}";`,
  (v) => `let token: &str = "${v}";`,
  (v) => `let api_key = String::from("${v}");`,
  (v) => `var cred = new NetworkCredential("bob", "${v}");`,
  (v) => `string password = @"${v}";`,
  (v) => `"Authorization": "Token " + "${v}"`,
  (v) => `HTTPDigestAuth("bob", "${v}")`,
  (v) => `net user bob ${v} /add`,
  (v) => `echo 'bob:${v}' | chpasswd`,
  (v) => `echo ${v} | passwd --stdin bob`,
  (v) => `echo "${v}" | gh auth login --with-token`,
  (v) => `curl -b 'sessionid=${v}' https://x.example`,
  (v) => `http -a bob:${v} https://x.example`,
  (v) => `https -A bearer -a ${v} x.example`,
  (v) => `openssl enc -aes-256-cbc -k ${v} -in a`,
  (v) => `keytool -list -keystore a.jks -storepass ${v}`,
  (v) => `vault login ${v}`,
  (v) => `gh secret set DEPLOY_KEY --body "${v}"`,
  (v) => `sqlplus scott/${v}@orcl`,
  (v) => `SET PASSWORD FOR 'bob'@'%' = PASSWORD('${v}');`,
  (v) => `CREATE LOGIN bob WITH PASSWORD = N'${v}';`,
  (v) => `CREATE USER bob IDENTIFIED BY ${v} DEFAULT TABLESPACE x;`,
  (v) => `INSERT INTO users (login, password) VALUES ('bob', '${v}');`,
  (v) => `**Password:** ${v}`,
  (v) => `mon mdp c'est ${v}`,
  (v) => `J'ai changé le mot de passe en ${v}`,
  (v) => `le mdp admin : "${v}"`,
  (v) => `Config { user: "bob", token: Some("${v}") }`,
  (v) => `{ "password": /* prod */ "${v}" }`,
  (v) => `EMAIL_URL=smtp+tls://bob%40x:${v}@smtp:587`,
  (v) => `create_engine("postgresql+psycopg2://bob:${v}@db/x")`,
  (v) => `jwt.sign(payload, "${v}")`,
  (v) => `jwt.encode(payload, '${v}', algorithm='HS256')`,
  (v) => `hmac.new(b"${v}", msg, hashlib.sha256)`,
  (v) => `crypto.createHmac("sha256", "${v}")`,
  (v) => `AES.new(b'${v}', AES.MODE_CBC)`,
  (v) => `password&#61;${v}`,
  (v) => `{&quot;password&quot;:&quot;${v}&quot;}`,
  (v) => `if (token !== '${v}') throw`,
  (v) => `if ("${v}".equals(password))`,
  (v) => `driver.find_element(By.ID, "password").send_keys("${v}")`,
  (v) => `await page.fill('#password', '${v}');`,
  (v) => `await page.getByLabel('Password').fill('${v}');`,
  (v) => `bindpw ${v}`,
  (v) => `chpasswd:\n  list: |\n    root:${v}`,
  (v) => `<AdministratorPassword><Value>${v}</Value></AdministratorPassword>`,
  (v) => `API_KEY = (\n    "${v}"\n)`,
  (v) => `SecretStr("${v}")`,
  (v) => `token: SecretStr = SecretStr("${v}")`,
  (v) => `TOKEN=\${TOKEN:-${v}}`,
  (v) => `DB_PASSWORD: \${DB_PASSWORD:-${v}}`,
  (v) => `api.key=\${API_KEY:${v}}`,
  (v) => `API_KEY ?= ${v}`,
  (v) => `["password"]=>\n  string(${v.length}) "${v}"`,
  (v) => `Const PASSWORD As String = "${v}"`,
  (v) => `localStorage.setItem("access_token", "${v}")`,
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

const RANDOM = "9f86d081884c7d659a2feaa0c55ad015";

/** Texts in which only what looks made by chance is a secret. */
const RANDOM_TEXTS: readonly string[] = [
  `curl -u ${RANDOM}: https://api.stripe.example/v1/charges`,
  `https://x.example/reset-password/${RANDOM}`,
  `https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/${RANDOM}/c`,
  `const apiKey = "${RANDOM.slice(0, 8)}" + "${RANDOM.slice(8)}";`,
  `bob:$apr1$abcdefgh$${RANDOM}`,
  `$2b$12$${RANDOM}abcdefghijklmnopqrstu`,
  `${"-----BEGIN PRIVATE KEY-----".repeat(2000)}password: ${RANDOM}`,
];

it.each(RANDOM_TEXTS)("the random secret in %.60j is replaced", (text) => {
  const clean = new Sanitizer().replaceText(JSON.stringify({ messages: [{ role: "user", content: text }] }));
  expect(clean).not.toContain(RANDOM.slice(8));
});

/** Bodies whose members tell where a secret stands. */
const BODIES: readonly unknown[] = [
  { detail: [{ type: "string_too_short", loc: ["body", "password"], msg: "short", input: "Soleil-4821!x" }] },
  { detail: [{ type: "value_error", loc: ["header", "x-api-key"], msg: "bad", input: "Soleil-4821!x" }] },
  { secrets: { stripe: RANDOM } },
  { properties: { api_key: { type: "string", default: RANDOM } } },
  { properties: { password: { type: "string", examples: [RANDOM] } } },
];

it.each(BODIES)("the secret of the body %j is replaced", (body) => {
  const clean = new Sanitizer().replaceText(JSON.stringify(body));
  expect(clean).not.toMatch(new RegExp(`Soleil|${RANDOM}`));
});

/** What people send that speaks of secrets and holds none. */
const HARMLESS: readonly string[] = [
  `Please review this diff:\n\x60\x60\x60diff\n- const token = lexer.next();\n+ const token = lexer.peek(2);\n  if (token.kind === TokenKind.Key) return parseKey(token);\n\x60\x60\x60`,
  `def login(username: str, password: str = "", *, token: str | None = None) -> Session:\n    """Log in. :param password: the user's password"""\n    if not password:\n        raise ValueError("password is required")\n    return Session(auth=(username, password))`,
  `class TokenBucket:\n    def __init__(self, tokens: int = 100, refill_rate: float = 10.0):\n        self.tokens = tokens\n        self.last_token = time.monotonic()\n`,
  `api_key: str = os.environ["API_KEY"]\npassword: SecretStr = Field(...)\ntoken: Optional[str] = None\nkey: str = "user_id_2"\nsecret: str = settings.secret_v2`,
  `interface Props { readonly password: string; token?: string; apiKey: string | undefined }\nconst apiKey: string = process.env.API_KEY ?? "";\nconst token: Token = new Token(TokenType.Word, "abc123");\nlet key: string = "page1";`,
  `let token: Token = self.next_token()?;\nlet key: &str = "user42";\nlet api_key = std::env::var("API_KEY").expect("API_KEY must be set");\nlet secret: Option<String> = None;`,
  `password := os.Getenv("DB_PASSWORD")\nif token == "" { return ErrNoToken }\ntoken := strings.TrimPrefix(h, "Bearer ")\nkey := fmt.Sprintf("user:%d:v2", id)`,
  `OPENAI_API_KEY=your-api-key-here\nDB_PASSWORD=changeme\nJWT_SECRET=<your-secret>\nSMTP_PASS=\${SMTP_PASS}\nREDIS_URL=redis://:\${REDIS_PASSWORD}@redis:6379/0\nTOKEN=xxxxxxxx\nSECRET_KEY=replace_me`,
  `auth:\n  password: "{{ vault_db_password }}"\n  token: !vault |\n  api_key: \${API_KEY}\n  secretKeyRef:\n    name: my-secret\n    key: password\n`,
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\nstringData:\n  password: {{ .Values.db.password | quote }}\n`,
  `variable "db_password" {\n  type        = string\n  sensitive   = true\n  description = "Password of the database"\n}\nresource "aws_db_instance" "x" { password = var.db_password\n  engine_version = "14.7" }`,
  `Madame, Monsieur,\n\nPour des raisons de sécurité, votre mot de passe doit comporter au moins 12 caractères, dont un chiffre et un caractère spécial. Il est valable 90 jours. En cas d'oubli, cliquez sur « mot de passe oublié ». L'article L. 312-1 du code des relations entre le public et l'administration s'applique.`,
  `La clé de répartition est fixée à 45,5 % pour 2024. Le code postal est 75007, le code INSEE est 75107. Numéro de dossier : 2024-ABC-00123. Référence : DGFIP/2024/0456. La clé du succès est simple.`,
  `Le jeton de présence s'élève à 1500 euros. Votre session est ouverte depuis 14h30. Le code de la route est applicable au 01/07/2018. Le secret professionnel est garanti par l'article 226-13 du code pénal.`,
  `Objet : marché public n° 2023-M-0421\nLa clé de lecture du tableau 3 est la suivante : A1 = avis favorable, B2 = avis réservé.\nLe code NAF est 6201Z et le SIRET 13002526500013.`,
  `Convention n°4512 signée le 12 mars 2024. Le mot de passe est à changer tous les 3 mois. Le pass Navigo coûte 86,40€. La phrase 2 du secret de fabrication est supprimée.`,
  JSON.stringify({
    type: "object",
    properties: {
      password: {
        type: "string",
        minLength: 8,
        description: "Password of the user",
        default: "",
        examples: ["correct horse"],
      },
      api_key: { type: "string", pattern: "^sk-[a-z0-9]{8,}$" },
      token: { type: "string", format: "uuid" },
    },
    required: ["password", "api_key"],
  }),
  JSON.stringify({
    $defs: { Secret: { title: "Secret", const: "v1" }, Password: { enum: ["plain", "scram-sha-256"] } },
    properties: { tokens: { type: "object", additionalProperties: { $ref: "#/$defs/Secret" } } },
  }),
  JSON.stringify({
    openapi: "3.1.0",
    components: {
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      schemas: {
        Login: { properties: { password: { type: "string", format: "password", example: "string" } } },
      },
    },
  }),
  `components:\n  securitySchemes:\n    ApiKeyAuth:\n      type: apiKey\n      in: header\n      name: X-API-Key\n  schemas:\n    User:\n      properties:\n        password:\n          type: string\n          format: password\n          minLength: 12\n        token: {type: string, maxLength: 64}\n`,
  JSON.stringify(
    {
      "login.password": "Mot de passe",
      "login.password.placeholder": "Entrez votre mot de passe",
      password_too_short: "Password must be at least 8 characters",
      "token.expired": "Your token expired 2 days ago.",
      apiKey: "API key",
      resetPassword: "Reset password",
      secret: "Geheimnis",
    },
    null,
    2,
  ),
  `msgid "Password"\nmsgstr "Mot de passe"\n\nmsgid "Invalid token %s"\nmsgstr "Jeton %s invalide"\n`,
  `2026-01-01T10:00:00Z INFO request_id=3f2c1a9b-1111-4222-8333-abcdefabcdef path=/v1/chat/completions prompt_tokens=123 completion_tokens=456 key_id=42 token_count=579 status=200`,
  `ERROR auth failed: invalid token (user_id=42, reason=expired, token_type=bearer)\nTraceback (most recent call last):\n  File "/app/auth.py", line 42, in check\n    raise InvalidToken("token expired")\nInvalidToken: token expired`,
  `[KeyError] key 'user_2' not found in cache\nmissing key: page_3\nKey error: sha256`,
  `See https://docs.google.com/document/d/1aBcD3fGh1JkLmN0pQrStUvWxYz0123456789abcdEFG/edit and https://github.com/a/b/commit/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b`,
  `https://example.com/password-reset and https://example.com/docs/tokens/v2/list?page=2&sort=key1 https://example.com/reset-password?lang=fr https://example.com/invite`,
  `[doc](https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-types) https://x.example/a/login/v2024-05-01/readme.html`,
  `diff --git a/x b/x\nindex 83db48f..bf269f4 100644\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-password = getpass()\n+password = getpass("Password: ")\n`,
  `The icon is iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`,
  `CREATE TABLE users (id uuid PRIMARY KEY, password_hash text NOT NULL, api_token varchar(64), UNIQUE KEY idx_token (api_token));\nINSERT INTO roles (name, key) VALUES ('admin', 'role1');\nSELECT password FROM users WHERE id = $1;\nINSERT INTO users (login, password) VALUES (?, ?);\nINSERT INTO users (login, password) VALUES ('bob', crypt('x', gen_salt('bf')));`,
  `INSERT INTO settings (key, value) VALUES ('page_size', '250'), ('theme2', 'dark1');\nUPDATE users SET password = NULL, token = $2 WHERE id = 3;`,
  `<form><label for="password">Password</label><input type="password" name="password" id="password" placeholder="At least 8 characters" autocomplete="current-password"><button name="token" value="next">Go</button></form>`,
  `<table><tr><th>Key</th><th>Value</th></tr><tr><td>Password policy</td><td>12 characters</td></tr><tr><td>Token</td><td>word 2</td></tr><tr><td>Password</td><td>required</td></tr></table>`,
  `@Value("\${app.api-key:}") private String apiKey;\n@Value("\${server.port:8080}") int port;\nuser.setPassword(encoder.encode(dto.getPassword()));\nif (password.equals("")) throw new IllegalArgumentException("password");`,
  `TOKEN=\${TOKEN:-}\nPASSWORD=\${1:?password required}\nKEY=\${KEY:-default}\nread -s -p "Password: " PASSWORD\ncurl -H "Authorization: Bearer $TOKEN" -u "$USER:$PASS" https://x.example\nexport PATH=\${PATH:-/usr/bin2}`,
  `expect(screen.getByLabelText("Password")).toBeInTheDocument();\nawait page.fill("#password", process.env.PW);\nawait user.type(screen.getByLabelText('Password'), password);\nassert token == "hello"\nassert key != 'item3'`,
  `| Parameter | Type | Description |\n|---|---|---|\n| api_key | string | Your API key (40 characters) |\n| password | string | min. 8 |\n\n**Password:** required, at least 8 characters\n**API key**: see chapter 2\n**Token:** 1 word is about 1.3 tokens`,
  `id,name,token_count,key\n1,foo,123,a1\n2,bar,456,b2\n`,
  `Use bcrypt (cost 12) or argon2id. The key size is 256 bits. AES-256-GCM key = HKDF-SHA256(secret). jwt.sign(payload, secret, { algorithm: "HS256" }); crypto.createHmac("sha256", key).update(data).digest("hex"); hmac.new(key, msg, hashlib.sha256)`,
  `kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\nkubectl create secret generic x --from-file=./key.pem\ngh secret set DEPLOY_KEY < key.pem\nvault login -method=oidc\naz login --tenant contoso.example`,
  `The password policy is described in section 4.2. My password is too long. The token is valid for 3600s. Use the API key from step 2 to continue. The key is in drawer 14b.`,
  `The secret is that 42% of users never change it. Key: C4 major. The private key is 2048 bits. Pass 2 of 3. Token 15/20. PIN is 4-digit. The session is on 2024-05-12T10:00.`,
  JSON.stringify({
    tools: [
      {
        type: "function",
        function: {
          name: "set_password",
          parameters: {
            properties: { password: { type: "string" }, token: { type: "string", default: "auto" } },
          },
        },
      },
    ],
  }),
  JSON.stringify({
    secret: { id: "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", created_at: 1700000000 },
    api_keys: [{ id: 12, name: "prod" }],
    tokens: { prompt: 12, completion: 30 },
    secrets: { count: 3, provider: "vault" },
    keys: { "page-1": "a" },
  }),
  JSON.stringify({
    tokens: ["Hello", " world", "##ing2", "<s>"],
    token: "Ġhello",
    keys: ["a1", "b2"],
    key: "C#4",
    top_tokens: [{ token: "abc1", logprob: -0.3 }],
  }),
  JSON.stringify({
    detail: [
      { type: "missing", loc: ["body", "password"], msg: "Field required", input: { email: "x" } },
      { type: "string_type", loc: ["body", "token"], msg: "Input should be a valid string", input: 12 },
    ],
  }),
  `git log --format=%H\n9f86d081884c7d659a2feaa0c55ad015a3bf4f1b Fix token refresh\n3f2c1a9 Rotate key`,
  `PASS test/secrets/a.test.ts (5.2s)\nPASS src/x2.test.ts\nTests: 3 passed`,
  `const PASSWORD_RE = /^(?=.*\\d)(?=.*[A-Z]).{8,}$/;\nconst TOKEN = /\\b[A-Z0-9]{8}\\b/g;`,
  `enum Key { Enter = "Enter1", KeyA = "KeyA" }\nconst KEY_MAP = { key: "F12", code: "KeyF12" };\nlocalStorage.setItem("theme", "dark2");\nt("form.password", "Password 2")`,
  `node --max-old-space-size=4096 x.js -p 8080:80 -u 1000:1000\ndocker run -p 127.0.0.1:8080:80 -u node:node -e TZ=UTC img:1.2\nssh -p 2222 host.example\nuseradd -u 1001 bob`,
];

it.each(HARMLESS)("the harmless text %.60j stays", (text) => {
  const prompt = JSON.stringify({ messages: [{ role: "user", content: text }] });
  expect(new Sanitizer().replaceText(prompt)).toBe(prompt);
});

it.each(HARMLESS)("the scan finds nothing in the harmless text %.60j", (text) => {
  expect([...randomRuns(text)]).toEqual([]);
});

/** Secrets that begin like a path, or stand in JSON that stands as base64 in a text. */
const HIDDEN: readonly (readonly [text: string, secret: string])[] = [
  ["storage_key: /LMSU7sHdiLDuynHiHI5zyyd5TxDzpkdZMw=", "LMSU7sHdiLDuynHiHI5zyyd5TxDzpkdZMw"],
  ...['{"headers":[{"name":"key","value":"Soleil9103&"}]}', '{"a":[{"b":{"password":"Soleil9103&"}}]}'].map(
    (json) => [`the header is ${base64(json)} here`, base64(json)] as const,
  ),
];

it.each(HIDDEN)("the secret in %j is replaced", (text, secret) => {
  expect(new Sanitizer().replaceText(JSON.stringify({ content: text }))).not.toContain(secret);
});

it.each(["api_key: /etc/keys/production2/openai.key", "key_file=/run/secrets/Db2Password9"])(
  "the path %j stays",
  (text) => expect(new Sanitizer().replaceText(text)).toBe(text),
);

it("lines of base64 in a public key stay, whatever they end in", () => {
  const key = `-----BEGIN PUBLIC KEY-----\nMIIBwuoJYIvW73HzsBHsTExR5txLbe0W3FagzcN5Bx/4AuFSuu6bO46nVVfKkGAk\nxOqyd3WAGbtZl2Y6+PdZsgkYhcoF/oypXGoujTMduiJ3egx3yw7FX/i7x1E9AoLa\n-----END PUBLIC KEY-----`;
  const prompt = JSON.stringify({ content: key });
  expect(new Sanitizer().replaceText(prompt)).toBe(prompt);
});

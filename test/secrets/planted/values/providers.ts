/** Forms of credentials that providers document, or that public lists of leaked credentials name. */
import type { Random } from "../../../support/random.ts";
import { BASE64, BECH32, DIGITS, HEX, LOWER, UPPER, URL_SAFE } from "./letters.ts";

/** Random text of a length. @param letters @default letters of both cases and digits */
type Text = (length: number, letters?: string) => string;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const lines = (text: string, width: number): string =>
  (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");
const pem = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${lines(body, 64)}\n-----END ${label}-----`;
const uuid = (text: Text): string => [8, 4, 4, 4, 12].map((length) => text(length, HEX)).join("-");

export const PROVIDERS: Readonly<Record<string, (text: Text, random: Random) => string>> = {
  // Language models
  "openai legacy": (t) => `sk-${t(20)}T3BlbkFJ${t(20)}`,
  "openai project": (t) => `sk-proj-${t(74, URL_SAFE)}T3BlbkFJ${t(73, URL_SAFE)}A`,
  "openai service account": (t) => `sk-svcacct-${t(58, URL_SAFE)}T3BlbkFJ${t(57, URL_SAFE)}A`,
  anthropic: (t) => `sk-ant-api03-${t(93, URL_SAFE)}AA`,
  openrouter: (t) => `sk-or-v1-${t(64, HEX)}`,
  deepseek: (t) => `sk-${t(32, HEX)}`,
  opengatellm: (t) =>
    `sk-eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${base64url({ user_id: 7, token_id: t(4, DIGITS) })}.${t(43, URL_SAFE)}`,
  groq: (t) => `gsk_${t(20)}WGdyb3FY${t(24)}`,
  xai: (t) => `xai-${t(80)}`,
  perplexity: (t) => `pplx-${t(48)}`,
  "hugging face": (t) => `hf_${t(34, LOWER + UPPER)}`,
  replicate: (t) => `r8_${t(37)}`,
  nvidia: (t) => `nvapi-${t(64, URL_SAFE)}`,
  cerebras: (t) => `csk-${t(48, LOWER + DIGITS)}`,
  fireworks: (t) => `fw_${t(24)}`,
  tavily: (t) => `tvly-${t(32)}`,
  "tavily dev": (t) => `tvly-dev-${t(32)}`,
  langsmith: (t) => `lsv2_pt_${t(32, HEX)}_${t(10, HEX)}`,
  "langsmith service": (t) => `lsv2_sk_${t(32, HEX)}_${t(10, HEX)}`,
  langfuse: (t) => `sk-lf-${uuid(t)}`,
  pinecone: (t) => `pcsk_${t(6)}_${t(63)}`,
  jina: (t) => `jina_${t(32, HEX)}${t(28, URL_SAFE.slice(0, 62))}`,
  llamaindex: (t) => `llx-${t(48)}`,
  brave: (t) => `BSA${t(28, URL_SAFE.slice(0, 62))}`,
  bedrock: (t) => `ABSK${t(130, BASE64)}==`,
  // Clouds
  "aws key id": (t) => `AKIA${t(16, `${UPPER}234567`)}`,
  "aws temporary key id": (t) => `ASIA${t(16, `${UPPER}234567`)}`,
  google: (t) => `AIza${t(34, URL_SAFE)}Q`,
  "google oauth": (t) => `ya29.a0${t(120, URL_SAFE)}Z`,
  "google client secret": (t) => `GOCSPX-${t(27, URL_SAFE)}Q`,
  "azure client secret": (t) => `${t(3)}8Q~${t(33)}a`,
  "azure storage": (t) => `AccountKey=${t(86, BASE64)}==`,
  alibaba: (t) => `LTAI${t(20)}`,
  digitalocean: (t) => `dop_v1_${t(64, HEX)}`,
  scaleway: (t) => `SCW${t(17, UPPER + DIGITS)}`,
  "fly.io": (t) => `fo1_${t(42, URL_SAFE)}Z`,
  heroku: (t) => `HRKU-AA${t(57, URL_SAFE)}Z`,
  databricks: (t) => `dapi${t(32, HEX)}`,
  supabase: (t) => `sbp_${t(40, HEX)}`,
  planetscale: (t) => `pscale_pw_${t(42, URL_SAFE)}Z`,
  vault: (t) => `hvs.${t(95, URL_SAFE)}Z`,
  terraform: (t) => `${t(14)}.atlasv1.${t(64)}`,
  pulumi: (t) => `pul-${t(40, HEX)}`,
  doppler: (t) => `dp.pt.${t(43)}`,
  "1password": (t) => `ops_eyJ${t(260, BASE64)}`,
  // Code and packages
  github: (t) => `ghp_${t(36)}`,
  "github oauth": (t) => `gho_${t(36)}`,
  "github server": (t) => `ghs_${t(36)}`,
  "github fine-grained": (t) => `github_pat_${t(22)}_${t(59)}`,
  gitlab: (t) => `glpat-${t(20, URL_SAFE.slice(0, 62))}`,
  "gitlab trigger": (t) => `glptt-${t(40, HEX)}`,
  "gitlab runner": (t) => `glrt-${t(20)}`,
  bitbucket: (t) => `ATBB${t(32)}`,
  atlassian: (t) => `ATATT3${t(185, URL_SAFE)}A`,
  npm: (t) => `npm_${t(36)}`,
  pypi: (t) => `pypi-AgEIcHlwaS5vcmc${t(150, URL_SAFE)}Z`,
  rubygems: (t) => `rubygems_${t(48, HEX)}`,
  "crates.io": (t) => `cio${t(32)}`,
  docker: (t) => `dckr_pat_${t(26, URL_SAFE)}Z`,
  sonar: (t) => `sqp_${t(40, HEX)}`,
  sentry: (t) => `sntryu_${t(64, HEX)}`,
  "new relic": (t) => `NRAK-${t(27, UPPER + DIGITS)}`,
  grafana: (t) => `glsa_${t(32)}_${t(8, HEX)}`,
  postman: (t) => `PMAK-${t(24, HEX)}-${t(34, HEX)}`,
  linear: (t) => `lin_api_${t(40)}`,
  notion: (t) => `ntn_${t(11, DIGITS)}${t(35)}`,
  figma: (t) => `figd_${t(39, URL_SAFE)}Z`,
  airtable: (t) => `pat${t(14)}.${t(64, HEX)}`,
  posthog: (t) => `phx_${t(43)}`,
  // Chat and mail
  "slack bot": (t) => `xoxb-${t(12, DIGITS)}-${t(13, DIGITS)}-${t(24)}`,
  "slack user": (t) => `xoxp-${t(12, DIGITS)}-${t(12, DIGITS)}-${t(12, DIGITS)}-${t(32, HEX)}`,
  "slack app": (t) => `xapp-1-A${t(10, UPPER + DIGITS)}-${t(13, DIGITS)}-${t(64, HEX)}`,
  "slack webhook": (t) =>
    `https://hooks.slack.com/services/T${t(8, UPPER + DIGITS)}/B${t(8, UPPER + DIGITS)}/${t(24)}`,
  "discord bot": (t, r) =>
    `${Buffer.from(t(18, "123456789")).toString("base64url")}.${r.pick(["G", "X", "Y"])}${t(5, URL_SAFE)}.${t(37, URL_SAFE)}Z`,
  "discord webhook": (t) => `https://discord.com/api/webhooks/${t(18, "123456789")}/${t(67, URL_SAFE)}Z`,
  telegram: (t) => `${t(10, "123456789")}:AA${t(32, URL_SAFE)}Z`,
  sendgrid: (t) => `SG.${t(22)}.${t(43)}`,
  mailgun: (t) => `key-${t(32, HEX)}`,
  mailchimp: (t) => `${t(32, HEX)}-us20`,
  brevo: (t) => `xkeysib-${t(64, HEX)}-${t(16)}`,
  twilio: (t) => `SK${t(32, HEX)}`,
  // Money and shops
  stripe: (t) => `sk_live_${t(99)}`,
  "stripe restricted": (t) => `rk_live_${t(24)}`,
  "stripe test": (t) => `sk_test_${t(24)}`,
  "stripe webhook": (t) => `whsec_${t(32)}`,
  shopify: (t) => `shpat_${t(32, HEX)}`,
  square: (t) => `sq0atp-${t(21, URL_SAFE)}Z`,
  // Keys and tokens of standards
  age: (t) => `AGE-SECRET-KEY-1${t(58, BECH32)}`,
  jwt: (t) =>
    `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ sub: t(8, DIGITS), exp: 1_800_000_000 })}.${t(43, URL_SAFE.slice(0, 62))}`,
  jwe: (t) => `${base64url({ alg: "dir", enc: "A256GCM" })}..${t(16)}.${t(60)}.${t(22)}`,
  "pem rsa": (t) => pem("RSA PRIVATE KEY", `MIIEow${t(600, BASE64)}==`),
  "pem pkcs8": (t) => pem("PRIVATE KEY", `MIIEvg${t(300, BASE64)}=`),
  "pem openssh": (t) => pem("OPENSSH PRIVATE KEY", `b3BlbnNzaC1rZXktdjEA${t(300, BASE64)}=`),
  "pem ec": (t) => pem("EC PRIVATE KEY", `MHcCAQEE${t(150, BASE64)}==`),
  pgp: (t) => pem("PGP PRIVATE KEY BLOCK", `lQOYBF${t(300, BASE64)}`),
};

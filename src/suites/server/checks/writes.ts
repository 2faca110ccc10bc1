/** Checks of what the run has created: keys that are gone are refused everywhere, collections come and go. */
import {
  type ServerCheck,
  type ServerExchange,
  answeredObject,
  answeredStatus,
  answeredBodyText,
  eachAnswer,
  isSuccess,
  madeKey,
  objectsAmong,
  shownExchange,
} from "../model/index.ts";

const KEYS = ["writes.key", "writes.expired-key"];
const NO_KEY = "no key was made: the key may not, or the generation has none";

const isPart =
  (...parts: readonly string[]) =>
  ({ part }: ServerExchange): boolean =>
    part !== undefined && parts.includes(part);

/** Finding for a use of a key that is gone. */
function refusedUse(exchange: ServerExchange): { message: string; erratum?: string }[] {
  if ([401, 403].includes(answeredStatus(exchange))) return [];
  const isModels = exchange.request.target.startsWith("/v1/models") && isSuccess(exchange);
  return [
    {
      message: `${shownExchange(exchange)} with a key that is gone`,
      ...(isModels ? { erratum: "deleted-key-reads-models" } : {}),
    },
  ];
}

/** Checks of writes. */
export const WRITE_CHECKS: readonly ServerCheck[] = [
  {
    id: "keys/created",
    says: "makes a key that works at once",
    level: "must",
    why: "People make a key and paste it.",
    rule: "OpenAPI /paths/~1v1~1me~1keys/post/responses/201 and erratum created-key",
    ...eachAnswer(
      KEYS,
      isPart("created", "used"),
      (exchange) =>
        !isSuccess(exchange)
          ? [`${shownExchange(exchange)}: ${answeredBodyText(exchange).slice(0, 200)}`]
          : exchange.part === "created" && madeKey(exchange) === undefined
            ? [`${shownExchange(exchange)}: the answer has no key`]
            : [],
      NO_KEY,
    ),
  },
  {
    id: "keys/hidden",
    says: "never shows a key again after it was made",
    level: "must",
    why: "Who reads the list could use the keys.",
    rule: "OWASP ASVS 5.0, section 14.2: secrets are not sent to clients",
    probes: KEYS,
    test: (seen) => {
      const exchanges = KEYS.flatMap((probe) => seen(probe));
      const keys = exchanges.filter(isPart("created")).flatMap((exchange) => madeKey(exchange) ?? []);
      const lists = exchanges.filter(isPart("listed"));
      if (keys.length === 0 || lists.length === 0) return { unseen: NO_KEY };
      return lists
        .filter((list) => keys.some((key) => answeredBodyText(list).includes(key)))
        .map((list) => ({
          message: `${shownExchange(list)} shows the whole key`,
          exchanges: [list],
          erratum: "keys-listed-whole",
        }));
    },
  },
  {
    id: "keys/listed",
    says: "lists a key under its name",
    level: "must",
    why: "A key that is not listed can't be deleted.",
    rule: "OpenAPI /paths/~1v1~1me~1keys/get/responses/200",
    ...eachAnswer(
      ["writes.key"],
      isPart("listed"),
      (exchange) =>
        objectsAmong(answeredObject(exchange)?.["data"]).some(({ name }) =>
          String(name).startsWith("gatetape-"),
        )
          ? []
          : [`${shownExchange(exchange)} does not list the key that was made`],
      NO_KEY,
    ),
  },
  {
    id: "keys/deleted",
    says: "refuses a deleted key everywhere",
    level: "must",
    why: "A key is deleted because somebody has it who must not.",
    rule: "OpenAPI /components/securitySchemes/HTTPBearer; RFC 6750 section 3.1: invalid_token",
    ...eachAnswer(["writes.key"], isPart("gone"), refusedUse, NO_KEY),
  },
  {
    id: "keys/expired",
    says: "refuses an expired key everywhere",
    level: "must",
    why: "A key with an end is given to people who are to lose it.",
    rule: "OpenAPI /components/schemas/CreateKey/properties/expires; RFC 6750 section 3.1: invalid_token",
    ...eachAnswer(["writes.expired-key"], isPart("gone"), refusedUse, NO_KEY),
  },
  {
    id: "collections/life",
    says: "makes, gives and deletes a collection",
    level: "must",
    why: "Documents are kept in collections.",
    rule: "OpenAPI /paths/~1v1~1collections/post/responses/201",
    probes: ["writes.collection"],
    test: (seen) => {
      const exchanges = seen("writes.collection");
      const made = exchanges.find(isPart("created"));
      if (made === undefined || !isSuccess(made))
        return { unseen: "no collection was made: the key may not" };
      const deleted = exchanges.find(isPart("deleted"));
      // Without a vector store OGL can't delete (observed on 0.4.1: 403 Feature not enabled).
      if (deleted !== undefined && answeredStatus(deleted) === 403)
        return { unseen: "the server has no vector store, so collections can't be deleted" };
      return exchanges.flatMap((exchange) => {
        const isRight = exchange.part === "gone" ? answeredStatus(exchange) === 404 : isSuccess(exchange);
        return isRight
          ? []
          : [
              {
                message: `${shownExchange(exchange)} for a collection that is ${exchange.part}`,
                exchanges: [exchange],
              },
            ];
      });
    },
  },
];

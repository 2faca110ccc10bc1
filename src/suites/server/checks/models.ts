/** Checks of what a server tells of itself: OpenAPI, health, models. */
import {
  type ServerCheck,
  answeredObject,
  answeredStatus,
  eachAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
  answeredBodyText,
} from "../model/index.ts";

/** Checks of the models, the health and the OpenAPI. */
export const MODEL_CHECKS: readonly ServerCheck[] = [
  {
    id: "models/list",
    says: "lists its models, each with an id of its own",
    level: "must",
    why: "Clients choose a model from the list, and show it to people.",
    rule: "OpenAI API, Models, List models; OpenAPI /paths/~1v1~1models/get/responses/200",
    ...eachAnswer(
      ["models.list"],
      () => true,
      (exchange) => {
        if (!isSuccess(exchange)) return [`${shownExchange(exchange)}, expected 200`];
        const list = answeredObject(exchange);
        const ids = objectsAmong(list?.["data"]).map(({ id }) => id);
        const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
        return [
          ...(list?.["object"] === "list"
            ? []
            : [`"object" is ${JSON.stringify(list?.["object"])}, not "list"`]),
          ...(Array.isArray(list?.["data"]) ? [] : [`"data" is no list`]),
          ...(ids.every((id) => typeof id === "string" && id !== "") ? [] : ["a model has no id"]),
          ...(twice.length === 0 ? [] : [`listed twice: ${[...new Set(twice)].join(", ")}`]),
        ];
      },
      "the models were not asked for",
    ),
  },
  {
    id: "models/get",
    says: "gives each listed model by its id",
    level: "must",
    why: "Clients check a model before they use it.",
    rule: "OpenAI API, Models, Retrieve model; OpenAPI /paths/~1v1~1models~1{model}/get/responses/200",
    ...eachAnswer(
      ["models.get"],
      () => true,
      (exchange) => {
        if (!isSuccess(exchange)) return [`${shownExchange(exchange)}, though the model is listed`];
        const { id } = answeredObject(exchange) ?? {};
        const wanted = lastSegment(exchange.request.target);
        return id === wanted ? [] : [`${wanted} was asked for, the answer is about ${JSON.stringify(id)}`];
      },
      "the server lists no model",
    ),
  },
  {
    id: "models/alias",
    says: "gives a model by its alias, under its own id",
    level: "should",
    why: "People configure clients with the alias.",
    rule: "OpenAPI /components/schemas/Model/properties/aliases",
    probes: ["models.alias"],
    test: (seen, { models }) => {
      const answers = seen("models.alias");
      if (answers.length === 0) return { unseen: "no model has an alias" };
      return answers.flatMap((exchange) => {
        const alias = lastSegment(exchange.request.target);
        const { id } = answeredObject(exchange) ?? {};
        return models.some((model) => model.id === id && model.aliases.includes(alias))
          ? []
          : [
              {
                message: `${shownExchange(exchange)}: ${alias} is not answered by its model`,
                exchanges: [exchange],
              },
            ];
      });
    },
  },
  {
    id: "models/unknown",
    says: "answers 404 for a model that it does not have",
    level: "must",
    why: "Anything else says that the model is there.",
    rule: "OpenAI API, Error codes; OpenAPI /paths/~1v1~1models~1{model}/get/responses/404",
    ...eachAnswer(
      ["models.unknown"],
      () => true,
      (exchange) => (answeredStatus(exchange) === 404 ? [] : [`${shownExchange(exchange)}, expected 404`]),
      "no model was asked for",
    ),
  },
  {
    id: "models/callable",
    says: "answers chats and embeddings of the models that it lists for them",
    level: "must",
    why: "A listed model that can't be called fails where a person has chosen it.",
    rule: "OpenAI API, Models, List models: the models that are available",
    ...eachAnswer(
      ["chat.json", "embeddings.batch"],
      () => true,
      (exchange) =>
        isSuccess(exchange)
          ? []
          : [`${shownExchange(exchange)} for a listed model: ${answeredBodyText(exchange).slice(0, 200)}`],
      "the server lists no model for chats or embeddings",
    ),
  },
  {
    id: "health/health",
    says: "answers /health without a key",
    level: "must",
    why: "Load balancers have no key.",
    rule: "OpenAPI /paths/~1health/get",
    ...eachAnswer(
      ["health", "ready"],
      () => true,
      (exchange) => (answeredStatus(exchange) === 200 ? [] : [`${shownExchange(exchange)}, expected 200`]),
      "the health was not asked for",
    ),
  },
  {
    id: "health/models",
    says: "reports the health of models that it lists",
    level: "should",
    why: "A dashboard shows what people can use.",
    rule: "OpenAPI /paths/~1health~1models/get",
    probes: ["health.models"],
    test: (seen, { models }) => {
      const [exchange] = seen("health.models");
      if (exchange === undefined) return { unseen: "the server's OpenAPI does not declare /health/models" };
      if (answeredStatus(exchange) === 403) return { unseen: "the key may not read /health/models" };
      const ids = objectsAmong(answeredObject(exchange)?.["data"]).map(({ id }) => id);
      const unlisted = ids.filter((id) => !models.some((model) => model.id === id));
      return [
        ...(isSuccess(exchange) ? [] : [`${shownExchange(exchange)}, expected 200`]),
        ...(unlisted.length === 0 ? [] : [`models that are not listed: ${unlisted.join(", ")}`]),
      ].map((message) => ({ message, exchanges: [exchange] }));
    },
  },
  {
    id: "openapi/served",
    says: "serves its own OpenAPI",
    level: "should",
    why: "Generators of clients and gatetape recognise the generation by it.",
    rule: "OpenAPI Specification 3.1, section 4.8.1: openapi, info and paths",
    ...eachAnswer(
      ["openapi"],
      () => true,
      (exchange) => {
        const { openapi, info, paths } = answeredObject(exchange) ?? {};
        return isSuccess(exchange) && openapi !== undefined && info !== undefined && paths !== undefined
          ? []
          : [`${shownExchange(exchange)}: it is no OpenAPI document`];
      },
      "the OpenAPI was not asked for",
    ),
  },
];

/** Last part of a target, decoded: the id of a model, which may hold slashes. */
function lastSegment(target: string): string {
  return decodeURIComponent(target.replace(/^\/v1\/models\//, ""));
}

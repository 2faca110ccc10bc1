import type { Language } from "./language.ts";

/** Sentence templates of answers; `{topic}`, `{a}` and `{b}` stand for words of the question. */
export interface Phrases {
  readonly greetings: readonly string[];
  /** Openings for a topic that is a noun phrase. */
  readonly thing: readonly string[];
  /** Openings for a how-to question; the topic is a verb phrase. */
  readonly steps: readonly string[];
  /** Openings for topics of unknown form, which are quoted. */
  readonly other: readonly string[];
  readonly list: readonly string[];
  readonly code: readonly string[];
  /** Sentences for the middle; those with `{b}` need a second keyword. */
  readonly body: readonly string[];
  /** Points of a list. */
  readonly points: readonly string[];
  /** Steps of a how-to answer, in this order. */
  readonly tasks: readonly string[];
  /** Quotation marks around a word. */
  readonly quote: readonly [string, string];
  readonly closing: readonly string[];
  /** Answers after a tool call, with `{name}` and `{result}`. */
  readonly result: readonly string[];
  readonly attachment: readonly string[];
  /** Answers to questions without a topic. */
  readonly empty: readonly string[];
  /** Replacement for a missing keyword. */
  readonly something: string;
}

export const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    greetings: [
      "Hello! How can I help you today?",
      "Hi! What would you like to talk about?",
      "Hello! What can I do for you?",
    ],
    thing: [
      "Regarding {topic}, the short answer depends on the context, but a few points hold in most cases.",
      "Here is what is worth knowing about {topic}.",
      "A good way to look at {topic} is to begin with what is certain.",
      "There is a short and a long answer about {topic}; this is the short one.",
    ],
    steps: [
      "To {topic}, start small and check each step before the next.",
      "The simplest way to {topic} is to go through a few clear steps.",
      "Here is how to {topic} without much trouble.",
    ],
    other: [
      "On “{topic}”, here is a short answer.",
      "Let us take “{topic}” one point at a time.",
      "This is what I would say on “{topic}”.",
    ],
    list: ["Here are a few points on “{topic}”:", "On “{topic}”, these come to mind first:"],
    code: ["Here is a small example for “{topic}”:", "This short piece of code is a start for “{topic}”:"],
    body: [
      "The part about {a} usually matters most, because the rest follows from it.",
      "Look at {a} first; {b} then becomes easier to judge.",
      "For {a}, a reliable source is better than memory, so the details are worth checking.",
      "In practice, {a} and {b} belong together and should be read side by side.",
      "A simple example makes {a} clearer than a long definition.",
      "Most questions about {a} come down to what it is needed for.",
      "It also helps to know how {a} has changed over time.",
    ],
    points: [
      "what {a} means here, and what it does not",
      "where {a} comes from",
      "how {a} is used in practice",
      "what to check about {a} before going on",
      "which questions about {a} stay open",
      "who can say more about {a}",
      "what {a} costs in time and effort",
      "how to tell that {a} is right",
      "what others have said about {a}",
      "where to read on about {a}",
    ],
    tasks: [
      "Find out what {a} needs before you begin.",
      "Put everything that belongs to {a} within reach.",
      "Begin with {a}, without hurry, and keep {b} for later.",
      "Look at {a} again and correct what is not right yet.",
      "Check the result as a whole, {a} and {b} included.",
    ],
    quote: ["“", "”"],
    closing: [
      "If you give me more context, I can be more specific.",
      "Tell me which part you would like to go through in detail.",
      "I hope this helps.",
    ],
    result: [
      "According to {name}, the answer is: {result}",
      "I have looked it up with {name}. It says: {result}",
      "{name} gave this: {result}",
    ],
    attachment: ["I have looked at the {a} that you sent.", "Thank you for the {a}."],
    empty: ["I am ready. What would you like to know?", "Please tell me what I can do for you."],
    something: "the subject",
  },
  fr: {
    greetings: [
      "Bonjour ! Comment puis-je vous aider aujourd'hui ?",
      "Bonjour ! De quoi souhaitez-vous parler ?",
      "Bonjour ! Que puis-je faire pour vous ?",
    ],
    thing: [
      "Concernant {topic}, la réponse courte dépend du contexte, mais quelques points restent vrais dans la plupart des cas.",
      "Voici l'essentiel à savoir concernant {topic}.",
      "Pour bien comprendre {topic}, il faut partir de ce qui est certain.",
      "Il existe une réponse courte et une réponse longue concernant {topic} ; voici la courte.",
    ],
    steps: [
      "Pour {topic}, commencez simplement et vérifiez chaque étape avant la suivante.",
      "La façon la plus simple de procéder pour {topic} tient en quelques étapes claires.",
      "Voici comment s'y prendre pour {topic} sans trop de difficultés.",
    ],
    other: [
      "Au sujet de « {topic} », voici une réponse courte.",
      "Prenons « {topic} » point par point.",
      "Voici ce que je dirais sur « {topic} ».",
    ],
    list: ["Voici quelques points sur « {topic} » :", "Sur « {topic} », on peut d'abord citer :"],
    code: ["Voici un petit exemple pour « {topic} » :", "Ce court code est un début pour « {topic} » :"],
    body: [
      "Le plus important est en général ce qui touche à {a}, car le reste en découle.",
      "Regardez d'abord {a} ; {b} devient alors plus facile à juger.",
      "Pour {a}, une source fiable vaut mieux que la mémoire : les détails méritent une vérification.",
      "En pratique, {a} et {b} vont ensemble et se lisent côte à côte.",
      "Un exemple simple éclaire {a} mieux qu'une longue définition.",
      "La plupart des questions sur {a} reviennent à savoir à quoi cela sert.",
      "Il est utile aussi de savoir comment {a} a évolué avec le temps.",
    ],
    points: [
      "ce que {a} veut dire ici, et ce que cela ne veut pas dire",
      "d'où vient {a}",
      "l'usage que l'on fait de {a} en pratique",
      "ce qu'il faut vérifier sur {a} avant de continuer",
      "les questions qui restent ouvertes sur {a}",
      "qui peut en dire plus sur {a}",
      "ce que {a} demande de temps et d'effort",
      "à quoi l'on voit que {a} est juste",
      "ce que d'autres ont dit sur {a}",
      "où lire la suite sur {a}",
    ],
    tasks: [
      "Renseignez-vous sur ce que {a} demande avant de commencer.",
      "Rassemblez tout ce qu'il faut pour {a}.",
      "Commencez par {a}, sans hâte, et gardez {b} pour la suite.",
      "Reprenez {a} et corrigez ce qui ne va pas encore.",
      "Vérifiez l'ensemble, {a} et {b} compris.",
    ],
    quote: ["« ", " »"],
    closing: [
      "Avec un peu plus de contexte, je peux être plus précis.",
      "Dites-moi quelle partie vous souhaitez approfondir.",
      "J'espère que cela vous aide.",
    ],
    result: [
      "D'après {name}, la réponse est : {result}",
      "J'ai consulté {name}, qui indique : {result}",
      "{name} a répondu : {result}",
    ],
    attachment: ["J'ai bien regardé ce que vous avez envoyé ({a}).", "Merci pour votre envoi ({a})."],
    empty: [
      "Je suis à votre écoute. Que souhaitez-vous savoir ?",
      "Dites-moi ce que je peux faire pour vous.",
    ],
    something: "le sujet",
  },
};

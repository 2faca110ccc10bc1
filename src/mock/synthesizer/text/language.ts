/** Languages of answers. */
export type Language = "en" | "fr";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Words that carry no topic: articles, pronouns, prepositions, auxiliaries, question words, words of a request. */
const STOPWORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: words(
    "a about above after again all also am an and any are aren't as ask at be because been before being below between both but by can can't cannot could did didn't do does doesn't doing don't down during each few for from further get give had has have having he her here hers him his how i i'm if in into is isn't it it's its just know let let's like list make many may me might more most much must my need no nor not of off on once one only or other our out over own please question same say says shall she should so some such than that that's the their them then there these they thing things this those through to too two three five ten under until up us use using very want was we were what what's when where where's which while who who's whom why will with within without would write you your yours explain describe tell show summarize summarise answer reply respond help hello hi hey thanks thank english french short briefly sentence sentences word words example examples today tomorrow following text translate possible",
  ),
  fr: words(
    "a à ai aie ainsi alors as au aucun aussi autre autres aux avait avant avec avez avoir avons bien bonjour bonsoir car ce ceci cela celle celles celui ces cet cette ceux chaque ci comme comment combien d dans de depuis des deux dis dites donc donne donner donnez dont du écris écrire écrivez elle elles en encore entre es est et étaient était été êtes être eu eux explique expliquer expliquez faire fais fait faites faut fut il ils j je l la là le les leur leurs lui m ma mais me même mêmes merci mes mieux moi mon moins n ne ni non nos notre nous on ont ou où oui par parce pas peu peut peux plaît plait plus pour pourquoi pourrait pourriez pouvez pourrais puis quand que quel quelle quelles quels qui quoi réponds répondez résume résumer résumez s sa salut sans se sera ses si soit son sont sous suis sur t ta te tes toi ton tous tout toute toutes très trop tu un une veux vers veuillez voici vos votre voulez vous y français anglais phrase phrases mot mots liste décris décrire décrivez exemple exemples raconte racontez uniquement seulement traduis traduire traduisez texte suivant suivante aujourd'hui demain",
  ),
};

/** Whether a word carries no topic in English or French. */
export function isStopword(word: string): boolean {
  const lower = word.toLowerCase().replaceAll("’", "'");
  return STOPWORDS.en.has(lower) || STOPWORDS.fr.has(lower);
}

/** Language that the texts request by name, or are written in; English by default. */
export function detectLanguage(texts: readonly string[]): Language {
  for (const text of texts) {
    const named = /\b(?:in|into|to) (english|french)\b|\ben (anglais|français|francais)\b/i.exec(text);
    if (named !== null) return /english|anglais/i.test(named[0]) ? "en" : "fr";
    const score = scoreOf(text);
    if (score !== 0) return score > 0 ? "fr" : "en";
  }
  return "en";
}

/** Score of a text: above 0 if it is rather French, below 0 if it is rather English. */
function scoreOf(text: string): number {
  const found =
    text
      .slice(0, 2000)
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}']+/gu) ?? [];
  let score = 0;
  for (const word of found) score += scoreOfWord(word);
  return score;
}

function scoreOfWord(word: string): number {
  const parts = word.includes("'") ? [word, ...word.split("'")] : [word];
  const french = parts.some((part) => STOPWORDS.fr.has(part));
  const english = parts.some((part) => STOPWORDS.en.has(part));
  const letters = /[àâçèéêëîïôùûœ]/.test(word) ? 1 : 0;
  return french === english ? letters : letters + (french ? 2 : -2);
}

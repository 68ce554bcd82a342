/**
 * English plurals by rule, so that a term list with "seizure" also labels "seizures", and the other
 * way round. Two words are one another's plural or not: "plane" and "plan" never meet.
 */

/** Shorter singulars ("ga" of "gas") are no words. */
const shortestSingular = 3;

/** The regular plural of a lower-case word. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (word.endsWith('is')) return `${word.slice(0, -2)}es`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** Every word whose plural this one is; some of them are no English, which does no harm. */
function singularsOf(word: string): string[] {
  const stem = word.slice(0, -2);
  const candidates = [word.slice(0, -1), stem, `${stem}is`, `${word.slice(0, -3)}y`];
  return candidates.filter(
    (singular) => singular.length >= shortestSingular && pluralOf(singular) === word,
  );
}

/** The word, its plural, and what it is the plural of; all lower-case. */
export function numberForms(word: string): string[] {
  const plurals = word.length < shortestSingular ? [] : [pluralOf(word)];
  return [...new Set([word, ...plurals, ...singularsOf(word)])];
}

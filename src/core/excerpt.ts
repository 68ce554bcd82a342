/** The first characters of a text, without half of one at the end. Units: UTF-16 code units. */
export const excerpt = (text: string, maxChars: number): string =>
  text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '');

/**
 * The form under which equal strings share one meaning vector.
 *
 * Units: lower-cased by Unicode's rules without a locale, otherwise as written.
 */
export const surfaceForm = (text: string): string => text.toLowerCase();

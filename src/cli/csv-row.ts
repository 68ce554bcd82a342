/** A row of CSV as RFC 4180 has it. */

/** A value, quoted where it must be to be read back as it is. */
function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The row with its line end. */
export const csvRow = (values: readonly (string | number)[]): string =>
  `${values.map(field).join(',')}\r\n`;

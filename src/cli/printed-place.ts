/** The place of a mention in a line for people: its page, if there is one, then its offsets. */
export function printedPlace({
  start,
  end,
  page,
}: Readonly<Record<'start' | 'end' | 'page', string | number | null>>): string {
  const onPage = page === null ? '' : `p. ${page}  `;
  return `${onPage}${start}-${end}`.padEnd(13);
}

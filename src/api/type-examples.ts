/** Examples of entity types, as they are given. */
import type { TypeExample } from '../core/document.ts';
import type { TypeExampleInput } from '../generated/graphql.ts';
import { checkExamples } from '../ner/check-types.ts';
import type { ApiContext } from './context.ts';

/**
 * The examples, which the model can read: it does so once, and remembers what it made of them.
 *
 * Throws: ARGUMENT_INVALID, TEXT_EMPTY, TEXT_TOO_LONG, TEXT_NOT_UNICODE.
 */
export async function readableExamples(
  { extractor }: Pick<ApiContext, 'extractor'>,
  given: readonly TypeExampleInput[] = [],
): Promise<readonly TypeExample[]> {
  const examples = given.map(({ isPositive = true, ...example }) => ({ ...example, isPositive }));
  checkExamples(examples);
  if (examples.length > 0) {
    await extractor.encodeTypes([{ name: 'examples', description: '', examples }]);
  }
  return examples;
}

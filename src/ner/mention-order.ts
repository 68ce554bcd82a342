/**
 * The order in which mentions of a document are listed.
 */
import type { Mention } from '../core/document.ts';
import { compareSpans, type Span } from '../core/span.ts';

/** A span of a type. */
type TypedSpan = Span & Pick<Mention, 'type'>;

/** Reading order: by span, then by the type's name in code unit order. */
export const compareMentions = (a: TypedSpan, b: TypedSpan): number =>
  compareSpans(a, b) || Number(a.type > b.type) - Number(a.type < b.type);

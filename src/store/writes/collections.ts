/** Collections made. */
import type { SqlConnection } from '../connection.ts';
import type { EntityTypeDraft } from '../entity-type-rows.ts';
import { createEntityType } from './entity-types.ts';

/** A collection's name, and the types that it begins with. */
export interface EnsureCollection {
  readonly name: string;
  readonly types: readonly Pick<EntityTypeDraft, 'name' | 'description'>[];
}

/** The collection of this name, made where there is none. Returns its id. */
export const ensureCollection = (
  writer: SqlConnection,
  { name, types }: EnsureCollection,
): number =>
  writer.transaction(() => {
    const known = writer.get<{ id: number }>('findCollection', { name });
    if (known) return known.id;
    const { lastId: collectionId } = writer.run('insertCollection', { name, now: Date.now() });
    for (const { name: type, description } of types) {
      createEntityType(writer, { collectionId, name: type, description });
    }
    return collectionId;
  });

/** Whether what is proposed for mentions is of a vocabulary that is for them. */
import type { SqlConnection } from '../connection.ts';
import type { Check, Fault } from './fault.ts';

/** A document that waits has what was proposed before. */
const foreignLinks = `SELECT l.mention_id AS id FROM mention_concepts l
  JOIN mentions m ON m.id = l.mention_id JOIN documents d ON d.id = m.document_id
  JOIN concepts c ON c.id = l.concept_id JOIN vocabularies v ON v.id = c.vocabulary_id
  WHERE (v.collection_id <> d.collection_id OR (v.is_limited AND NOT EXISTS (
    SELECT 1 FROM vocabulary_types t
    WHERE t.vocabulary_id = v.id AND t.entity_type_id = m.entity_type_id)))
  AND NOT EXISTS (SELECT 1 FROM unlinked_documents u WHERE u.document_id = d.id)
  ORDER BY l.mention_id`;

const foreignNames = `SELECT n.id FROM concept_names n JOIN concepts c ON c.id = n.concept_id
  WHERE c.vocabulary_id <> n.vocabulary_id ORDER BY n.id`;

/** Whether each proposal and each name is of the vocabulary that it should be of. */
export function checkConcepts(connection: SqlConnection): Check {
  const [counted] = connection.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM mention_concepts) + (SELECT count(*) FROM concept_names) AS count`,
    {},
  );
  const faultsOf = (table: string, sql: string, what: string): Fault[] =>
    connection.query<{ id: number }>(sql, {}).map(({ id }) => ({ table, id, what }));
  return {
    name: 'CONCEPTS',
    checked: counted?.count ?? 0,
    faults: [
      ...faultsOf(
        'mention_concepts',
        foreignLinks,
        'is of a vocabulary that is not for its mention',
      ),
      ...faultsOf('concept_names', foreignNames, 'is of another vocabulary than its concept'),
    ],
  };
}

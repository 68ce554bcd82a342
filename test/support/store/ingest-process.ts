/**
 * A process that puts documents into a data folder and reads them, until it is killed. It prints what
 * the store has acknowledged, a line each: `put <id>`, `done <id>`,
 * `deleted <id>`, and `deleting <id>` before it asks for that.
 */
import { writeSync } from 'node:fs';
import { defaultCollection } from '../../../src/store/collections.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { deleteDocuments, putDocuments } from '../../../src/store/documents.ts';
import { createEntityType, listEntityTypes } from '../../../src/store/entity-types.ts';
import { claimDocuments, finishClaim } from '../../../src/store/jobs.ts';

const [, , folder = ''] = process.argv;
const say = (...words: readonly (string | number)[]) => writeSync(1, `${words.join(' ')}\n`);

const database = await openDatabase({ folder, modelId: 'model' });
const { id: collectionId } = await defaultCollection(database);
if ((await listEntityTypes(database, collectionId)).length === 0) {
  await createEntityType(database, { collectionId, name: 'Word', description: 'a word' });
}
say('open');

for (let round = 0; ; round += 1) {
  const drafts = Array.from({ length: 10 }, (_, i) => ({
    text: `word${process.pid} number${round} of${i}`,
  }));
  const put = await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
  for (const { id } of put) say('put', id);
  const claims = await claimDocuments(database, { limit: 5, leaseMs: 60_000 });
  for (const claim of claims) {
    const words = [...claim.text.matchAll(/\S+/g)];
    await finishClaim(database, claim, {
      mentions: words.map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
        type: 'Word',
        window: 0,
        score: 2,
        threshold: 1,
        margin: 1,
        vector: new Float32Array(128).fill(1),
      })),
      windows: [
        { start: 0, end: claim.text.length, tokens: 3, thresholdVector: new Float32Array(128) },
      ],
      coverage: {
        characters: claim.text.length,
        charactersRead: claim.text.length,
        tokens: 3,
        unknownTokens: 0,
        dropped: [],
      },
      meanings: new Map(words.map((match) => [match[0], new Float32Array(384).fill(1)])),
    });
    say('done', claim.documentId);
  }
  const [first] = claims;
  if (first && round % 3 === 0) {
    say('deleting', first.documentId);
    await deleteDocuments(database, [first.documentId]);
    say('deleted', first.documentId);
  }
}

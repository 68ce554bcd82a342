/**
 * Spandex as a library: a model in this process that finds mentions of the types you describe.
 *
 * Invariant: neither the database nor the vector index is loaded.
 */
import { fileURLToPath } from 'node:url';
import type { EntityType, Mention } from './core/document.ts';
import { AppError } from './core/errors.ts';
import type {
  Coverage,
  DroppedPart,
  DropReason,
  ExtractedMention,
  ExtractedWindow,
  Extraction,
  ExtractOptions,
  Extractor,
  ModelInfo,
} from './ner/extractor.ts';
import { type ModelOptions, openModel as openBundle } from './ner/open-model.ts';
import { flat } from './ner/overlap.ts';

/** The model that comes with this package: 13 types, biomedical ones first, and any that you describe. */
const shippedModel = fileURLToPath(new URL('../models/spandex-small', import.meta.url));

/**
 * Opens a model: the one that comes with this package, or the bundle in a folder.
 *
 * @example
 * const model = await openModel();
 * const [extraction] = await model.extract(['Aspirin may cause tinnitus.'], model.model.types);
 * for (const { start, end, type } of flat(extraction.mentions)) console.log(start, end, type);
 * await model.close();
 *
 * Throws: BUNDLE_INVALID.
 */
export const openModel = (
  directory: string = shippedModel,
  options: ModelOptions = {},
): Promise<Extractor> => openBundle(directory, options);

export type {
  Coverage,
  DroppedPart,
  DropReason,
  EntityType,
  ExtractedMention,
  ExtractedWindow,
  Extraction,
  ExtractOptions,
  Extractor,
  Mention,
  ModelInfo,
  ModelOptions,
};
export { AppError, flat };

/**
 * The process that computes for a server: a model behind messages. Its parent is `remote-extractor.ts`.
 */
import type { EntityType } from '../core/document.ts';
import { hostMethods } from '../ipc/host.ts';
import type { ModelInfo } from './extractor.ts';
import { type ModelOptions, openModel } from './open-model.ts';
import { type PortableExtraction, packExtraction } from './portable-extraction.ts';
import type { SpanHead } from './scorer.ts';
import type { Priority } from './turns.ts';

/** What the process opens. */
export interface RemoteModelArgument {
  readonly directory: string;
  readonly options: ModelOptions;
}

/** One piece of an extraction. */
export interface ExtractRequest {
  readonly texts: readonly string[];
  readonly types: readonly EntityType[];
  readonly priority: Priority;
  readonly keepLedgers: boolean;
}

hostMethods<RemoteModelArgument>(async ({ directory, options }) => {
  const model = await openModel(directory, options);
  return {
    methods: {
      model: (): ModelInfo => model.model,
      head: (): SpanHead | null => model.head,
      async extract({ texts, types, ...how }: ExtractRequest): Promise<PortableExtraction[]> {
        const extractions = await model.extract(texts, types, how);
        return extractions.map(packExtraction);
      },
      encodeTypes: (types: readonly EntityType[]) => model.encodeTypes(types),
      encodeMeanings: (forms: readonly string[]) => model.encodeMeanings(forms),
    },
    ping: () => model.ping(),
    close: () => model.close(),
  };
});

/** The model that the settings name, in a process of its own. */
import type { Extractor } from '../ner/extractor.ts';
import { openRemoteModel } from '../ner/remote-extractor.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Config } from './config.ts';

/** Opens it. Throws: BUNDLE_INVALID. */
export function openExtractor(
  { modelDirectory, threads, maxTextChars, maxSilenceSeconds }: Config,
  logger: Logger,
): Promise<Extractor> {
  return openRemoteModel(modelDirectory, {
    threads,
    maxChars: maxTextChars,
    maxSilenceMs: maxSilenceSeconds * 1_000,
    onDown: (reason) => logger.error({ reason }, 'the model process has ended'),
    onUp: () => logger.info({}, 'the model process runs again'),
  });
}

/** How many threads compute unless somebody says otherwise. */
import { availableParallelism } from 'node:os';

/** Each thread takes the memory of a model. */
const mostThreads = 8;

/** One for each processor, up to a few. */
export const defaultThreads = (): number => Math.min(availableParallelism(), mostThreads);

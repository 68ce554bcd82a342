/**
 * A program that uses the library: extracts from a text with the bundle it is given and prints what it
 * found and which native modules it has loaded.
 */
import { openModel } from '../../../src/spandex.ts';

interface Report {
  readonly sharedObjects: readonly string[];
}

const model = await openModel(process.argv[2]);
const [extraction] = await model.extract([process.argv[3] ?? ''], model.model.types);
await model.close();
const { sharedObjects } = process.report.getReport() as Report;
const native = sharedObjects.filter((path) => path.includes('node_modules'));
process.stdout.write(JSON.stringify({ windows: extraction?.windows.length, native }));

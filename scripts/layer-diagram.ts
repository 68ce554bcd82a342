/** The folder diagram of ARCHITECTURE.md, drawn from the imports that are there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const block = /(<!-- layers: npm run docs -->\n)[^]*(\n<!-- end of layers -->)/;

/** Mermaid code with an arrow for each folder that imports another; `core`, which all import, is left out. */
function drawLayers(): string {
  const drawn = execFileSync(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      'src',
      '--output-type=mermaid',
      '--collapse=^src/[^/]+',
      '--include-only=^src/',
      '--exclude=^src/(generated|core)',
    ],
    { cwd: root, encoding: 'utf8' },
  );
  const arrows = [...drawn.matchAll(/^src_(\w+)-->src_(\w+)$/gm)].map(
    ([, from = '', to = '']) => `  ${folderName(from)} --> ${folderName(to)}`,
  );
  return ['```mermaid', 'flowchart TD', ...arrows.sort(), '```'].join('\n');
}

/** A file of src/ itself has its ending in the diagram's name for it. */
const folderName = (name: string): string => name.replace(/_ts$/, '');

/** ARCHITECTURE.md with the diagram as it is now. */
export function printArchitecture(): string {
  const page = readFileSync(`${root}ARCHITECTURE.md`, 'utf8');
  return page.replace(block, (_, open: string, close: string) => open + drawLayers() + close);
}

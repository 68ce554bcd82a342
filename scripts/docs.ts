/** `npm run docs`: writes the pages that are printed from the code. */
import { writeFileSync } from 'node:fs';
import { printConfiguration } from '../src/app/config.ts';
import { printErrors } from './errors-page.ts';
import { printArchitecture } from './layer-diagram.ts';

const pages = {
  'ARCHITECTURE.md': printArchitecture,
  'docs/errors.md': printErrors,
  'docs/configuration.md': printConfiguration,
};

for (const [path, print] of Object.entries(pages)) {
  writeFileSync(new URL(`../${path}`, import.meta.url), print());
}

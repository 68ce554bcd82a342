/** `npm run docs`: writes the pages of docs/ that are printed from the code. */
import { writeFileSync } from 'node:fs';
import { printConfiguration } from '../src/app/config.ts';
import { printErrors } from './errors-page.ts';

const pages = { 'errors.md': printErrors, 'configuration.md': printConfiguration };

for (const [name, print] of Object.entries(pages)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), print());
}

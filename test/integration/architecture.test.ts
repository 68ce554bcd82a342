import { readFileSync } from 'node:fs';
import { printArchitecture } from '../../scripts/layer-diagram.ts';

describe('printArchitecture', () => {
  it('is what ARCHITECTURE.md says (npm run docs writes it)', () => {
    const documented = readFileSync('ARCHITECTURE.md', 'utf8');

    const printed = printArchitecture();

    expect(printed).toContain('  training --> onnx\n');
    expect(documented).toBe(printed);
  });
});

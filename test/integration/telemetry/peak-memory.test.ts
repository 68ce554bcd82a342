import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { peakMemoryBytes } from '../../../src/telemetry/peak-memory.ts';
import { describeWithProcesses } from '../../support/optional.ts';

const heldBytes = 400_000_000;

/** What a process says that does nothing else. */
function peakOfChild(): number {
  const module = pathToFileURL('src/telemetry/peak-memory.ts').href;
  const script = `import { peakMemoryBytes } from ${JSON.stringify(module)};
    console.log(peakMemoryBytes());`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

describe('peakMemoryBytes', () => {
  it('is at least what the process holds', () => {
    const held = Buffer.alloc(heldBytes, 1);

    const peak = peakMemoryBytes();

    expect(peak).toBeGreaterThan(held.length);
  });
});

describeWithProcesses('peakMemoryBytes on Linux', () => {
  it('is of the process alone, however much the one had that started it', () => {
    const held = Buffer.alloc(heldBytes, 1);

    const peak = peakOfChild();

    expect(peak).toBeGreaterThan(10_000_000);
    expect(peak).toBeLessThan(held.length);
  });
});

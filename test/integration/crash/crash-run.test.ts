import { expect, it } from '@jest/globals';
import { runCrashTest } from '../../support/crash/crash-run.ts';
import { describeWithProcesses } from '../../support/optional.ts';

describeWithProcesses('a server that is killed at random moments', () => {
  it('loses nothing that was acknowledged, and has nothing by halves', async () => {
    const losses: string[] = [];

    const counts = await runCrashTest({ kills: 10, seed: 7, onLoss: (loss) => losses.push(loss) });

    expect(losses).toEqual([]);
    expect(counts.kills).toBeGreaterThanOrEqual(10);
    expect(counts.checks).toBeGreaterThan(1_000);
  }, 900_000);
});

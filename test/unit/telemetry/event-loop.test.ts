import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLoopMonitor } from '../../../src/telemetry/event-loop.ts';

describe('openEventLoopMonitor', () => {
  it('sees that the loop was held', async () => {
    const monitor = openEventLoopMonitor();
    await sleep(30);

    const until = performance.now() + 120;
    while (performance.now() < until) {
      // Holds the loop.
    }
    await sleep(30);
    const { p50Ms, p99Ms, maxMs } = monitor.delay();
    monitor.close();

    expect(maxMs).toBeGreaterThan(90);
    expect(p99Ms).toBeLessThanOrEqual(maxMs + 1);
    expect(p50Ms).toBeLessThan(p99Ms);
  });

  it('starts with no delay', () => {
    const monitor = openEventLoopMonitor();

    const delay = monitor.delay();
    monitor.close();

    expect(delay).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });
});

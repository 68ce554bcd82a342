/** The program's parts, opened for a command that does not serve. */
import type { App } from '../app/app.ts';
import type { Config } from '../app/config.ts';
import { interruptible } from './interruption.ts';

/**
 * Opens the parts, does the work and closes them, whatever becomes of it. Of what is logged, only warnings
 * are shown unless more is asked for: the command says itself how it goes on. `saving` is said at Ctrl-C.
 */
export async function withApp(
  config: Config,
  saving: string,
  work: (app: App, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { openApp } = await import('../app/app.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  const logger = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
  await interruptible(saving, async (signal) => {
    const app = await openApp({ config, logger });
    try {
      await work(app, signal);
    } finally {
      await app.close();
    }
  });
}

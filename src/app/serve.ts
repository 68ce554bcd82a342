/**
 * The program as a server, from start to end: what `npm start` and `spandex serve` run.
 */
import { type ApiServer, openServer } from '../api/server.ts';
import { type App, type AppOptions, openApp } from './app.ts';
import { ideTabs } from './ide-tabs.ts';

/** A server that runs. */
export interface RunningServer {
  readonly app: App;
  /** Where a browser finds it. */
  readonly url: string;
  /** Refuses new requests, ends the others, then closes the program. */
  close(): Promise<void>;
}

/** How to serve besides what the settings say. */
export interface ServeOptions extends AppOptions {
  /** Takes the sample documents in at the start. */
  readonly sample?: boolean;
}

async function listen(app: App, { config }: AppOptions): Promise<ApiServer> {
  return openServer(app.parts, {
    host: config.host,
    port: config.port,
    allowedHosts: config.allowedHosts,
    limits: config,
    tabs: ideTabs,
  });
}

/**
 * Opens the program and serves it.
 *
 * Throws: ADDRESS_UNAVAILABLE, and what `openApp` throws. Nothing stays open then.
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const app = await openApp(options);
  try {
    if (options.sample) {
      await app.parts.ingest.accept(await app.parts.readSamples(), 'bulk');
    }
    const server = await listen(app, options);
    const close = async (): Promise<void> => {
      await server.close();
      await app.close();
    };
    return { app, url: server.url, close };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilTerminated(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const first = (signal: NodeJS.Signals): void => {
      for (const each of signals) process.off(each, first);
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, first);
  });
}

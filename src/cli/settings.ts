/**
 * The program's settings with what the command line says instead.
 */
import type { Config } from '../app/config.ts';

/** Options that stand for settings. */
export interface SettingOptions {
  readonly data?: string;
  readonly model?: string;
  readonly host?: string;
  readonly port?: number;
}

/** Reads the settings; options go before environment variables. Throws: SETTING_INVALID. */
export async function readSettings(options: SettingOptions): Promise<Config> {
  const { readConfig } = await import('../app/config.ts');
  const config = readConfig();
  return {
    ...config,
    dataDirectory: options.data ?? config.dataDirectory,
    modelDirectory: options.model ?? config.modelDirectory,
    host: options.host ?? config.host,
    port: options.port ?? config.port,
  };
}

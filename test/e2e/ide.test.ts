import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ideTabs } from '../../src/app/ide-tabs.ts';
import { describeWithChromium } from '../support/optional.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

describeWithChromium('the IDE in a browser', (executablePath) => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${server.url}/`);
      if (!isOurs && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(server.url);
    await page.getByText('Send Request').waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('has a tab for each query of the README', async () => {
    for (const { title } of ideTabs) {
      expect(await page.getByText(title, { exact: true }).count()).toBeGreaterThan(0);
    }
  });

  it('runs the query that is in front', async () => {
    await page.getByText('Send Request').click();

    // The answer's own tokens, as they are shown: the query has the words in a longer string.
    await page.getByText('"lithium carbonate"', { exact: true }).first().waitFor();
    expect(await page.getByText('"Chemical"', { exact: true }).count()).toBeGreaterThan(0);
    await page.getByText('"charactersRead"', { exact: true }).waitFor();
  });

  it('loads nothing from elsewhere, and nothing that its policy forbids', async () => {
    await page.waitForTimeout(1_000);

    expect(faults).toEqual([]);
    expect(foreign).toEqual([]);
  });
});

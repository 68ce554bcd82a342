import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ideTabs } from '../../src/app/ide-tabs.ts';
import { describeWithChromium } from '../support/optional.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

describeWithChromium('the page that a browser gets', (executablePath) => {
  const requested: string[] = [];
  const complaints: string[] = [];
  let server: TestServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('request', (request) => requested.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Send Request' }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('has a tab for each query that is ready to run', async () => {
    const text = await page.locator('body').innerText();

    const missing = ideTabs.filter(({ title }) => !text.includes(title));

    expect(missing).toEqual([]);
  });

  it.each(ideTabs.map(({ title }) => title))('runs "%s" without an error', async (title) => {
    await page.getByText(title, { exact: true }).first().click();
    const answered = page.waitForResponse((response) => response.url().endsWith('/graphql'));

    await page.getByRole('button', { name: 'Send Request' }).click();

    const answer = await (await answered).json();
    expect(answer).toHaveProperty('data');
    expect(answer).not.toHaveProperty('errors');
  });

  it('loads everything from this server and breaks no content policy', () => {
    const foreign = requested.filter(
      (url) => /^(https?|wss?):/.test(url) && new URL(url).host !== new URL(server.url).host,
    );

    expect(requested.length).toBeGreaterThan(ideTabs.length);
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

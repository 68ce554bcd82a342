interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly object[];
}

const { noResults, report } = (await import(
  String(new URL('../../../scripts/test-report.mjs', import.meta.url))
)) as {
  noResults: Results;
  report: (
    results: Results,
    options: { exitCode: number; isNarrowed: boolean },
  ) => { exitCode: number; lines: string[] };
};

const passed = { status: 'passed', ancestorTitles: ['dot'], title: 'sums' };
const skipped = (ancestorTitles: readonly string[], title: string) => ({
  status: 'pending',
  ancestorTitles,
  title,
});

const results = (facts: Partial<Results>): Results => ({
  ...noResults,
  numRuntimeErrorTestSuites: 0,
  ...facts,
});

describe('report', () => {
  it('is one line and exit code 0 when everything passed', () => {
    const run = results({
      numPassedTests: 1,
      testResults: [{ assertionResults: [passed] }],
    });

    const closing = report(run, { exitCode: 0, isNarrowed: false });

    expect(closing).toEqual({ exitCode: 0, lines: ['1 passed, 0 failed, 0 skipped'] });
  });

  it('names each skipped part once, before the closing line', () => {
    const run = results({
      numPassedTests: 1,
      numPendingTests: 3,
      testResults: [
        { assertionResults: [passed, skipped(['the page (no Chromium)'], 'opens')] },
        { assertionResults: [skipped(['the page (no Chromium)', 'menu'], 'x'), skipped([], 'y')] },
      ],
    });

    const closing = report(run, { exitCode: 0, isNarrowed: false });

    expect(closing.lines).toEqual([
      'skipped: the page (no Chromium)',
      'skipped: y',
      '1 passed, 0 failed, 3 skipped',
    ]);
  });

  it('only counts what a pattern of names left out', () => {
    const run = results({
      numPassedTests: 1,
      numPendingTests: 1,
      testResults: [{ assertionResults: [passed, skipped(['dot'], 'other')] }],
    });

    const closing = report(run, { exitCode: 0, isNarrowed: true });

    expect(closing.lines).toEqual(['1 passed, 0 failed, 1 skipped']);
  });

  it('counts a file that could not be run as a failure', () => {
    const run = results({ numPassedTests: 4, numRuntimeErrorTestSuites: 1 });

    const closing = report(run, { exitCode: 0, isNarrowed: false });

    expect(closing).toEqual({ exitCode: 1, lines: ['4 passed, 1 failed, 0 skipped'] });
  });

  it('fails when jest wrote no results', () => {
    const closing = report(noResults, { exitCode: 0, isNarrowed: false });

    expect(closing).toEqual({ exitCode: 1, lines: ['0 passed, 1 failed, 0 skipped'] });
  });

  it("keeps jest's own exit code, so that running nothing is no success", () => {
    const closing = report(results({}), { exitCode: 1, isNarrowed: false });

    expect(closing.exitCode).toBe(1);
  });
});

/** The closing lines of `npm test`, from the results that jest writes as JSON. */

/** Results of a jest that wrote none: it did not get as far as running a test. */
export const noResults = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

/** Titles of the skipped tests' outermost blocks, which say why (test/support/optional.ts). */
function skippedParts(results) {
  const skipped = results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'pending' || status === 'todo');
  return [...new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title))];
}

/**
 * The lines, the last one `N passed, N failed, N skipped`, and the exit code: jest's own, but never 0
 * when something failed. A file that could not be run counts as one failure. With `isNarrowed` (a
 * pattern of names was given) what is skipped was skipped on purpose, and is counted but not named.
 */
export function report(results, { exitCode, isNarrowed }) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const parts = isNarrowed ? [] : skippedParts(results);
  return {
    exitCode: failed === 0 ? exitCode : exitCode || 1,
    lines: [
      ...parts.map((part) => `skipped: ${part}`),
      `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`,
    ],
  };
}

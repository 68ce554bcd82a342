/**
 * No wait for another attempt and no lease is longer. What was noted for later than that was noted
 * before the clock was put back, and is over. Units: milliseconds.
 */
export const longestWaitMs = 300_000;

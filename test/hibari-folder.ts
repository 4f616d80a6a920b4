/** The folder in which the hibari voice is installed, for tests that need the real one: PHIZ_TEST_HIBARI. */
export const hibariFolder: string | undefined = process.env['PHIZ_TEST_HIBARI']

/** A test's title, with the reason when it is skipped for want of the voice. */
export function hibariTitle(title: string): string {
  return hibariFolder === undefined ? `${title} (skipped: PHIZ_TEST_HIBARI is not set)` : title
}

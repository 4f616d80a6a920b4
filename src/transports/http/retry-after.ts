/** Value of the header `retry-after` where all places are taken: turns are short, and places soon free. */
export const RETRY_AFTER_SECONDS = '1'

/** What a row of the table is for. */
export const part = { train: 0, dev: 1, test: 2, none: 3 } as const;

/**
 * 1 for a training row, 0 for any other, by its part. A factor or a step that is looked up, where a branch would be
 * mispredicted at every dev row.
 */
export const isTraining = Uint8Array.of(1, 0, 0, 0);

/** The label of a row that is left out. */
export const noLabel = 0xffff;

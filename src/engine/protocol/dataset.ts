/** A table: what is settled about its columns, and what was understood of it. */

/** Tells one state of a file from another without reading it. */
export interface Fingerprint {
	/** bytes */
	size: number;
	/** time of the last change, milliseconds since 1970 */
	mtimeMs: number;
}

export type Task = "regression" | "binary" | "multiclass";

/** How the rows are shared out; the rest of them train. */
export interface Split {
	/** share of the rows kept for the dev set, 0.01 to 0.9 */
	dev: number;
	/** share of the rows that are looked at once, when the run has ended; 0 to 0.9, and 0.9 with the dev set */
	test: number;
	seed: number;
	/** every class has its share of each part */
	stratify: boolean;
}

/** What is done about features with no value: the training rows' median or most frequent, no such row, or no run. */
export type Missing = "impute" | "drop" | "refuse";

/** What numeric features become: deviations from the mean, 0 to 1, or what they are; by the training rows' figures. */
export type Scaling = "standardize" | "minMax" | "none";

/** What a column can be told to be. */
export type FeatureKind = "numeric" | "categorical" | "date";

/** Which of day and month comes first in dates where both are numbers. */
export type DateOrder = "dayFirst" | "monthFirst";

/** What the user settled about a column that is not the target; what is absent is found by itself. */
export interface ColumnChoice {
	/** cells that are none of this kind have no value */
	kind?: FeatureKind;
	/** true: a feature though it would be set aside; false: none; the last word, whatever `features` says */
	use?: boolean;
	/** how dates are written whose day and month are numbers; cells that are no date so have no value */
	dates?: DateOrder;
}

export type ColumnKind = FeatureKind | "boolean" | "identifier" | "constant" | "text" | "empty";

/** Rows of a column's values in equal bins, between 16 and 32 where there are so many values. */
export interface Histogram {
	/** where the first bin begins; milliseconds since 1970 for dates */
	from: number;
	/** of each bin; the last one may reach above the greatest value */
	width: number;
	counts: number[];
}

export interface ColumnSummary {
	name: string;
	kind: ColumnKind;
	/** kinds that `dataset.columns` may give it instead; absent when there is none */
	otherKinds?: FeatureKind[];
	/** cells with no value */
	missing: number;
	/** texts that were seen to stand for no value, such as "?" and ""; of large files not every one may be among them */
	missingMarks?: string[];
	/** levels of a categorical or boolean column, most frequent first, at most 20 */
	levels?: { value: string; count: number }[];
	/** number of different values, where it was counted */
	distinct?: number;
	/** numeric columns and dates: over the cells that have a value; dates in milliseconds since 1970 */
	min?: number;
	max?: number;
	mean?: number;
	/** numbers that are written as amounts: one of them, such as "$1,234.56" */
	written?: string;
	/** what of the way that its values are written had to be told or guessed, in a few words */
	note?: string;
	/** numeric columns and dates */
	histogram?: Histogram;
	/** dates that are times of a day and of no day: milliseconds since midnight */
	timeOfDay?: true;
	/** dates: which of day and month was taken to come first, where the values do not show it or the user said it */
	dates?: DateOrder;
	/** dates: what becomes inputs besides the moment itself, as far as it varies */
	cycles?: ("month" | "weekday" | "hour")[];
	/** the training rows' targets can be read off this column, so that it is set aside unless it is the only one */
	leak?: true;
	/** why the column is no feature, in a few words; absent for a feature or the target */
	setAside?: string;
	/** absent when it is a feature or `use` can make it one; else no choice can */
	unusable?: true;
}

/** What was understood of a table. */
export interface DatasetSummary {
	/** absolute path */
	path: string;
	rows: number;
	columns: ColumnSummary[];
	target: string;
	/** why this column is the target, in a few words */
	targetReason: string;
	task: Task;
	taskReason: string;
	/** few whole numbers, which may be classes or amounts: the task that they were not taken for */
	otherTask?: Task;
	/** inputs of the model after one-hot encoding (n_x) */
	features: number;
	/** names of the classes, for binary and multiclass */
	classes?: string[];
	/** rows of each class */
	classRows?: number[];
	/** of these the dev rows; absent when a large table was only looked at */
	classDevRows?: number[];
	/** rows of each part; absent when a large table was only looked at */
	parts?: { train: number; dev: number; test: number };
	/** false when the file names no columns: they are column0, column1, ... */
	header?: boolean;
	/** what had to be understood of the file's form, in a few words: where its rows are, which array is the target */
	understood?: string;
	/** rows left out: they have no target, or lack a value and such rows are dropped; absent when there are none */
	droppedRows?: number;
	/** those of them that have no target; absent when there are none */
	targetlessRows?: number;
	/** rows with no value in one of the columns that were asked to be complete, with a target or without */
	incompleteRows?: number;
}

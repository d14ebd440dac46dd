import assert from "node:assert/strict";
import { test } from "node:test";
import { rateRequest } from "../../src/extension/runs/rate-request.ts";

test("a learning rate by hand is a rate, a divisor or a factor, and nothing else", () => {
	assert.deepEqual(rateRequest("0.0003"), { rate: 0.0003 });
	assert.deepEqual(rateRequest(" 3e-4 "), { rate: 3e-4 });
	assert.deepEqual(rateRequest("/10"), { factor: 0.1 });
	assert.deepEqual(rateRequest("/ 4"), { factor: 0.25 });
	for (const sign of ["x", "X", "*", "×"]) assert.deepEqual(rateRequest(`${sign}0.5`), { factor: 0.5 });
	for (const text of ["", " ", "0", "-1", "/0", "x-2", "ten", "1 2", "Infinity", "/1e400", "0.1x"]) {
		assert.equal(rateRequest(text), undefined, text);
	}
});

// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

const browser = process.env['TERRACE_E2E'] === '1';

export default defineConfig({
	test: {
		include: browser ? ['tests/e2e/*.test.ts'] : ['tests/*.test.ts'],
		// One network serves all of them, one after the other.
		fileParallelism: !browser,
		bail: 0,
	},
});

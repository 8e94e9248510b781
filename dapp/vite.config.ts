// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

export default defineConfig({
	// Relative addresses: the pages work from any folder of any static server.
	base: './',
	build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
	worker: { format: 'es' },
	server: { host: '127.0.0.1' },
	preview: { host: '127.0.0.1' },
});

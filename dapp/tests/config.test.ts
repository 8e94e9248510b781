// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isEndpoint, readEndpoints } from '../src/config';

test('only websocket addresses are endpoints', () => {
	for (const text of ['ws://127.0.0.1:9944', 'wss://node.example/rpc']) expect(isEndpoint(text), text).toBe(true);
	for (const text of ['', 'http://x', 'javascript:1', 'ws://', '127.0.0.1:9944']) {
		expect(isEndpoint(text), text).toBe(false);
	}
});

test("the page's address wins over what was kept, and that over the defaults", () => {
	const kept = JSON.stringify({ Main: 'ws://kept:1', Contract: 'ws://kept:2' });
	expect(readEndpoints('?main=ws://asked:1', kept)).toEqual({
		Main: 'ws://asked:1', Contract: 'ws://kept:2', Proof: 'ws://127.0.0.1:9964',
	});
});

test('what is damaged or unusable is passed over', () => {
	const defaults = readEndpoints('', null);
	for (const kept of ['', 'nonsense', 'null', '3', '{"Main":"http://x"}']) {
		expect(readEndpoints('?main=javascript:1', kept), kept).toEqual(defaults);
	}
});

// SPDX-License-Identifier: Apache-2.0
// What was tried, and how it went.

export class Tally {
	built = 0;
	read = 0;
	/** Calls that did what they say, by chain and name. */
	done = new Set();
	/** Calls that the chain refused with the error that was expected. */
	refused = new Map();
	failures = [];

	fail(what, why) {
		const text = why instanceof Error ? why.message : String(why);
		this.failures.push(`${what}: ${text}`);
		console.log(`  FAILED ${what}: ${text}`);
	}

	tried(key) {
		return this.done.has(key) || this.refused.has(key);
	}
}

/** Attempts with a nonce that no fork and nobody else has used. */
const NONCES = 4;

/** A signed transaction that was included, or the named error with which it was refused. */
export async function send(api, tx, pair, options = {}) {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await sendOnce(api, tx, pair, options);
		} catch (error) {
			const used = /outdated|priority is too low/i.test(error.message);
			if (!used || attempt >= NONCES) throw error;
			await new Promise((again) => setTimeout(again, 2_500));
		}
	}
}

function sendOnce(api, tx, pair, options) {
	return new Promise((resolve, reject) => {
		let stop;
		let over = false;
		const end = (finish) => {
			over = true;
			stop?.();
			finish();
		};
		const timer = setTimeout(() => end(() => reject(new Error('no block took it within 60 s'))), 60_000);
		tx.signAndSend(pair, { nonce: -1, ...options }, (result) => {
			if (result.isError) end(() => reject(new Error(`dropped: ${result.status.type}`)));
			if (!result.isInBlock) return;
			clearTimeout(timer);
			end(() => resolve({ events: result.events, error: errorOf(api, result.dispatchError) }));
		}).then(
			(unsubscribe) => {
				stop = unsubscribe;
				if (over) stop();
			},
			(error) => {
				clearTimeout(timer);
				reject(error);
			},
		);
	});
}

/** Name of a dispatch error, as metadata gives it. */
function errorOf(api, error) {
	if (!error) return undefined;
	if (!error.isModule) return error.isToken ? `Token.${error.asToken.type}` : error.type;
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Fields of the first event of this name. */
export function eventOf(events, section, method) {
	const found = events.find(({ event }) => event.section === section && event.method === method);
	if (!found) throw new Error(`there is no event ${section}.${method}`);
	const names = found.event.data.names ?? [];
	return Object.fromEntries(found.event.data.toJSON().map((value, index) => [names[index] ?? index, value]));
}

/** Submits calls of one chain and notes what became of them. */
export function submitter(tally, chain, api) {
	const make = (name, args) => {
		const [pallet, method] = name.split('.');
		const call = api.tx[pallet]?.[method];
		if (!call) throw new Error('the runtime has no such call');
		return call(...args);
	};
	return {
		/** It must succeed. */
		async ok(name, pair, ...args) {
			try {
				const { events, error } = await send(api, make(name, args), pair);
				if (error) throw new Error(`refused with ${error}`);
				tally.done.add(`${chain}.${name}`);
				console.log(`  ok      ${chain}.${name}`);
				return events;
			} catch (error) {
				tally.fail(`${chain}.${name}`, error);
				return undefined;
			}
		},
		/** It must be turned away before it gets into a block, where it would cost something. */
		async early(name, pair, ...args) {
			const what = `${chain}.${name}`;
			try {
				await send(api, make(name, args), pair);
				tally.fail(what, 'it was accepted');
			} catch (error) {
				if (!/1010: Invalid Transaction|1011: Unknown Transaction/.test(error.message)) {
					tally.fail(what, error);
					return;
				}
				tally.refused.set(what, error.message);
				console.log(`  refused ${what} (${error.message})`);
			}
		},
		/** It must be refused with `expected`, which metadata must name. */
		async no(name, expected, pair, ...args) {
			try {
				const { error } = await send(api, make(name, args), pair);
				if (error !== expected) throw new Error(`${expected} was expected, it was ${error ?? 'accepted'}`);
				tally.refused.set(`${chain}.${name}`, error);
				console.log(`  refused ${chain}.${name} (${error})`);
			} catch (error) {
				tally.fail(`${chain}.${name}`, error);
			}
		},
	};
}

// SPDX-License-Identifier: Apache-2.0
// Everything that metadata describes can be built and read.

/** Names of all calls of a chain. */
export function callsOf(api) {
	return Object.keys(api.tx).flatMap((pallet) => Object.keys(api.tx[pallet]).map((name) => `${pallet}.${name}`));
}

/** Builds every call with default arguments, and reads it back from its bytes. */
export function buildAll(tally, chain, api) {
	for (const name of callsOf(api)) {
		const [pallet, method] = name.split('.');
		try {
			const { meta } = api.tx[pallet][method];
			const args = meta.args.map(({ type }) => api.registry.createType(type.toString()));
			const call = api.tx[pallet][method](...args).method;
			const back = api.registry.createType('Call', call.toHex());
			if (back.toHex() !== call.toHex() || back.section !== pallet || back.method !== method) {
				throw new Error('its bytes read as something else');
			}
			tally.built += 1;
		} catch (error) {
			tally.fail(`build ${chain}.${name}`, error);
		}
	}
}

/** Reads every storage item, constant and runtime API that needs no argument. */
export async function readAll(tally, chain, api) {
	for (const pallet of Object.keys(api.query)) {
		for (const name of Object.keys(api.query[pallet])) {
			await attempt(tally, `${chain}.query.${pallet}.${name}`, () => readItem(api.query[pallet][name]));
		}
	}
	for (const pallet of Object.keys(api.consts)) {
		for (const name of Object.keys(api.consts[pallet])) {
			await attempt(tally, `${chain}.consts.${pallet}.${name}`, () => api.consts[pallet][name].toHuman());
		}
	}
	for (const trait of Object.keys(api.call)) {
		for (const name of Object.keys(api.call[trait])) {
			const call = api.call[trait][name];
			// Only a block author may finish a block.
			if (call.meta.params.length > 0 || name === 'finalizeBlock') continue;
			await attempt(tally, `${chain}.call.${trait}.${name}`, () => call());
		}
	}
}

async function readItem(item) {
	if (item.creator.meta.type.isPlain) return item();
	return item.entriesPaged({ args: [], pageSize: 5 });
}

async function attempt(tally, what, read) {
	try {
		await read();
		tally.read += 1;
	} catch (error) {
		tally.fail(what, error);
	}
}

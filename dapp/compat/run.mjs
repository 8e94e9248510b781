// SPDX-License-Identifier: Apache-2.0
// Plain @polkadot/api against a live local network, from metadata alone: npm run compat
//
// TERRACE_BASE_PORT is the network's first port (9944). With TERRACE_METADATA_HASH set, runtimes must know the hash
// of their metadata, as those do that scripts/release built.

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { contractJourney } from './contract.mjs';
import { checkHash } from './hash.mjs';
import { mainJourney } from './main.mjs';
import { proofJourney } from './proof.mjs';
import { buildAll, callsOf, readAll } from './shape.mjs';
import { Tally } from './tally.mjs';

const BASE = Number(process.env.TERRACE_BASE_PORT ?? 9944);
const PORTS = { main: BASE, contract: BASE + 10, proof: BASE + 20 };

/** Pallets of Terrace whose calls must all be tried on contract chains, where they all mean something. */
const OURS = /^contract\.(storageContracts|storageProviders)\.|^main\.(crossLayer|chainRegistry)\./;
/** Of those, what only a relay, an authority with evidence, or a vote can bring. */
const NOT_FOR_PEOPLE = [
	'registerChild', 'submitFinality', 'submitFinalityBatch', 'forceSet', 'recoverParent', 'applyRecovery',
	'reportEquivocation', 'reportFork', 'relay', 'sendAdmin',
];

function isForPeople(key) {
	return OURS.test(key) && !NOT_FOR_PEOPLE.includes(key.split('.')[2]);
}

async function connect(port) {
	const provider = new WsProvider(`ws://127.0.0.1:${port}`, false);
	await provider.connect();
	// No type of ours is told: metadata must be enough.
	return ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
}

async function attempt(tally, what, work) {
	console.log(`${what}`);
	try {
		await work();
	} catch (error) {
		tally.fail(what, error);
	}
}

async function main() {
	await cryptoWaitReady();
	const keys = new Keyring({ type: 'sr25519', ss58Format: 42 });
	const pairs = {
		alice: keys.addFromUri('//Alice'),
		// New ones for every run: those of another run may be bound by what it left behind.
		provider: keys.addFromUri(`//Compat//provider//${Date.now()}`),
		client: keys.addFromUri(`//Compat//client//${Date.now()}`),
	};
	const apis = {};
	for (const [name, port] of Object.entries(PORTS)) apis[name] = await connect(port);
	const tally = new Tally();
	for (const [name, api] of Object.entries(apis)) {
		await attempt(tally, `${name}: build all calls, read all state`, async () => {
			buildAll(tally, name, api);
			await readAll(tally, name, api);
		});
	}
	await attempt(tally, 'main: submit', () => mainJourney(tally, apis, pairs));
	await attempt(tally, 'contract: submit', () => contractJourney(tally, apis, pairs));
	await attempt(tally, 'proof: submit', () => proofJourney(tally, apis, pairs));
	for (const name of ['main', 'contract']) {
		await attempt(tally, `${name}: metadata hash`, () => checkHash(tally, name, apis[name], pairs.alice));
	}
	const all = Object.entries(apis).flatMap(([name, api]) => callsOf(api).map((call) => `${name}.${call}`));
	const left = all.filter((key) => !tally.tried(key));
	for (const key of left) if (isForPeople(key)) tally.fail(key, 'nobody has decided how to try this call');
	console.log(`\n${all.length} calls, ${tally.built} built and read back; ${tally.read} items of state read`);
	console.log(`${tally.done.size} calls succeeded, ${tally.refused.size} were refused as they should`);
	console.log(`${left.length} built only (they need an authority, evidence or a relay):\n  ${left.join(', ')}`);
	for (const api of Object.values(apis)) await api.disconnect();
	if (tally.failures.length > 0) {
		console.error(`\n${tally.failures.length} failures:\n  ${tally.failures.join('\n  ')}`);
		process.exitCode = 1;
	}
}

await main();

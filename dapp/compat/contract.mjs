// SPDX-License-Identifier: Apache-2.0
// Calls of a contract chain that providers and clients make.

import { amend, consent, END, signedProposal, typeOf } from './signed.mjs';
import { eventOf, submitter } from './tally.mjs';

const UNIT = 10n ** 12n;
const GIB = 2n ** 30n;
const ANY_RATE = 2n ** 128n - 1n;

export async function contractJourney(tally, apis, pairs) {
	const api = apis.contract;
	const world = { api, pairs, proof: apis.proof.genesisHash.toHex(), ...submitter(tally, 'contract', api) };
	await funds(api, pairs);
	await provide(world);
	await propose(world);
	await change(world);
	await dispute(world);
	await leave(world);
}

/** Waits until what was sent down has arrived. */
async function funds(api, { provider, client }) {
	for (let tries = 0; tries < 120; tries += 1) {
		const found = await api.query.system.account.multi([provider.address, client.address]);
		if (found.every(({ data }) => data.free.toBigInt() >= 250n * UNIT)) return;
		await new Promise((resolve) => setTimeout(resolve, 1_000));
	}
	throw new Error('the tokens from the main chain did not arrive within two minutes');
}

async function provide({ api, pairs: { provider }, ok }) {
	const offer = {
		// Nobody listens there: nothing is ever uploaded to this provider.
		endpoint: 'http://127.0.0.1:9',
		price: 5n * UNIT,
		capacity: GIB,
		minWindows: 1,
		maxWindows: 1_000,
		operator: provider.publicKey,
	};
	await ok('storageProviders.register', provider, offer, 200n * UNIT);
	const found = (await api.call.marketApi.provider(provider.address)).toJSON();
	if (found?.offer.maxWindows !== 1_000) throw new Error('the registered offer is not the one that was sent');
	await ok('storageProviders.setOffer', provider, { ...offer, maxWindows: 2_000 });
	await ok('storageProviders.setAccepting', provider, false);
	await ok('storageProviders.setAccepting', provider, true);
	await ok('storageProviders.addCollateral', provider, 2n * UNIT);
	await ok('storageProviders.withdrawCollateral', provider, UNIT);
	await ok('storageProviders.setPayee', provider, provider.address);
	await ok('storageProviders.announceExit', provider);
	await ok('storageProviders.cancelExit', provider);
	await ok('storageProviders.setAccepting', provider, true);
}

function terms(proof) {
	const root = `0x${'ab'.repeat(32)}`;
	return { proofChain: proof, root, size: 4_096, windows: 40, interval: 1, maxRate: ANY_RATE };
}

async function proposed({ pairs: { provider, client }, proof, ok }) {
	const events = await ok('storageContracts.propose', client, provider.address, terms(proof));
	return eventOf(events ?? [], 'storageContracts', 'ContractProposed').id;
}

async function propose(world) {
	const { pairs: { provider, client }, ok, no } = world;
	await ok('storageContracts.withdraw', client, await proposed(world));
	await ok('storageContracts.reject', provider, await proposed(world));
	const id = await proposed(world);
	await no('storageContracts.expire', 'storageContracts.ProposalOpen', client, id);
	await ok('storageContracts.accept', provider, id);
	world.contract = id;
	const quoted = await world.api.call.marketApi.quote(provider.address, terms(world.proof));
	if (quoted.isNone) throw new Error('the provider quotes nothing');
	const notes = (await world.api.call.marketApi.explain(id)).toJSON();
	if (notes.length === 0) throw new Error('nothing is explained of a running contract');
	await publish(world);
}

async function publish(world) {
	const { api, pairs: { provider, client }, proof, ok } = world;
	const now = (await api.rpc.chain.getHeader()).number.toNumber();
	const expiresAt = now + 100;
	const one = (sequence) =>
		signedProposal(api, { client, provider, terms: terms(proof), sequence, expiresAt });
	// Numbers only grow, over runs as well.
	const base = Date.now();
	const events = await ok('storageContracts.publish', provider, [one(base), one(base + 1)]);
	const made = (events ?? []).filter(({ event }) => event.method === 'ContractAccepted');
	if (made.length !== 2) throw new Error(`two contracts were to be published, ${made.length} were`);
	world.published = made.map(({ event }) => event.data[0].toNumber());
}

async function lastLeg(api, id) {
	const view = (await api.call.marketApi.contract(id)).toJSON();
	return view.legs.at(-1);
}

async function change(world) {
	const { api, pairs: { alice, provider, client }, proof, contract, published, ok, no } = world;
	const expiresAt = (await api.rpc.chain.getHeader()).number.toNumber() + 100;
	await ok('storageContracts.extend', client, contract, 10, ANY_RATE);
	await ok('storageContracts.topUp', alice, contract, 10);
	const { leg, rate, fee } = await lastLeg(api, contract);
	const price = BigInt(rate) - BigInt(fee) + 1n;
	const agreed = consent(api, provider, { contract, leg, change: amend(price), expiresAt });
	await ok('storageContracts.amend', client, contract, price, agreed);
	await no('storageContracts.moveTo', 'storageContracts.SameProofChain', client, contract, proof, null);
	await ok('storageContracts.cancel', client, contract);
	const [first, second] = published;
	await ok('storageContracts.terminate', provider, first);
	const ends = await lastLeg(api, second);
	const both = consent(api, provider, { contract: second, leg: ends.leg, change: END, expiresAt });
	await ok('storageContracts.endMutually', client, second, both);
}

async function dispute(world) {
	const { api, pairs: { alice, provider, client }, proof, contract, ok, no } = world;
	const make = (call, argument) => api.registry.createType(typeOf(api, 'storageContracts', call, argument));
	const { leg } = await lastLeg(api, contract);
	await ok('storageContracts.demandAudit', client, contract, [0]);
	await no('storageContracts.answerAudit', 'storageContracts.BadProof', provider, contract, make('answerAudit', 'proof'));
	await no('storageContracts.failAudit', 'storageContracts.AuditOpen', client, contract);
	await no('storageContracts.endFaulty', 'storageContracts.NotFaulty', client, contract);
	await no('storageContracts.exitStalled', 'storageContracts.NotStalledLongEnough', client, contract);
	await no('storageContracts.finaliseFaults', 'storageContracts.UnknownFault', client, leg, []);
	await no('storageContracts.appealFault', 'storageContracts.UnknownFault', provider, leg, 1, make('appealFault', 'evidence'));
	await no('storageContracts.appealOutage', 'storageContracts.NotDue', provider, leg, 1, make('appealOutage', 'evidence'));
	await ok('storageContracts.advance', alice, provider.address, proof, 5);
	await no('storageContracts.claim', 'storageContracts.NothingToClaim', provider, proof);
	await no('storageContracts.close', 'storageContracts.NotEnded', client, contract);
	await no('storageContracts.flush', 'storageContracts.NothingToSend', alice, proof);
	await no('storageContracts.flagStalled', 'storageContracts.NotStalled', alice, proof);
	await no('storageContracts.withdrawUnclaimed', 'storageContracts.NothingUnclaimed', alice);
	await ok('storageContracts.sendOperator', provider, provider.address, proof);
	const price = make('setChainTerms', 'terms');
	await no('storageContracts.setChainTerms', 'BadOrigin', alice, proof, price);
	await no('storageContracts.passWindow', 'BadOrigin', alice, proof, 1);
	await no('storageContracts.forgivePenalties', 'BadOrigin', alice, proof, 1, 2);
}

async function leave({ pairs: { alice, provider }, ok, no }) {
	await no('storageProviders.leave', 'storageProviders.StillCommitted', provider);
	await ok('storageProviders.setAccepting', provider, false);
	await ok('crossLayer.transferUp', alice, alice.address, UNIT);
	const nowhere = `0x${'11'.repeat(32)}`;
	await no('crossLayer.transferDown', 'crossLayer.UnknownChain', alice, nowhere, alice.address, UNIT);
	await no('crossLayer.redispatch', 'crossLayer.UnknownChain', alice, nowhere, 1, 1);
}

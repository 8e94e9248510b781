// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Happening } from '../src/chain/history';
import { flow, lag, moves } from '../src/chain/flow';
import { ordered, provenSlots, timeline } from '../src/chain/timeline';
import type { Contract, LaneEnd } from '../src/chain/views';

const CHAIN = '0xcc';
const contract = {
	id: 7, proofChain: CHAIN, start: 4, end: 6, legs: [{ leg: 9, planned: 3 }],
} as unknown as Contract;
const place = { leg: 9, stream: 2, page: 0, slot: 5 };

function on(
	layer: 'Contract' | 'Proof', block: number, index: number, name: string, fields: Record<string, unknown>,
): Happening {
	return { layer, block, hash: `${layer}${block}`, index, name, fields };
}

const all: Happening[] = [
	on('Contract', 10, 0, 'storageContracts.ContractProposed', { id: 7, escrow: 5 }),
	on('Contract', 10, 1, 'storageContracts.ContractProposed', { id: 8, escrow: 5 }),
	on('Contract', 12, 0, 'storageContracts.LegOpened', { contract: 7, batch: 3, start: 3, end: 6 }),
	on('Contract', 13, 0, 'crossLayer.MessageSent', { lane: 0, nonce: 4, trace: '0xother' }),
	on('Contract', 13, 1, 'crossLayer.MessageSent', { lane: 2, nonce: 4, trace: '0xdown' }),
	on('Contract', 13, 2, 'storageContracts.BatchSent', { batch: 3, legs: 1, nonce: 4 }),
	on('Proof', 3, 0, 'proofVerification.LegsTracked', { batch: 3, added: 1 }),
	on('Proof', 3, 1, 'crossLayer.MessageDispatched', { lane: 2, nonce: 4, trace: '0xdown' }),
	on('Proof', 5, 0, 'proofVerification.ProofsAccepted', {
		stream: 2, window: 4, pages: [{ page: 1, bits: 1 }, { page: 0, bits: 32 }],
	}),
	on('Proof', 5, 1, 'proofVerification.ProofsAccepted', {
		stream: 2, window: 4, pages: [{ page: 1, bits: 1 }, { page: 0, bits: 16 }],
	}),
	on('Proof', 5, 2, 'proofVerification.ProofsAccepted', {
		stream: 1, window: 4, pages: [{ page: 1, bits: 1 }, { page: 0, bits: 32 }],
	}),
	on('Proof', 8, 0, 'crossLayer.MessageSent', { lane: 2, nonce: 9, trace: '0xup' }),
	on('Proof', 8, 1, 'proofVerification.ReportSent', { window: 4 }),
	on('Proof', 8, 2, 'proofVerification.ReportSent', { window: 3 }),
	on('Contract', 20, 0, 'storageContracts.ReportApplied', { chain: CHAIN, window: 4 }),
	on('Contract', 20, 1, 'crossLayer.MessageDispatched', { lane: 2, nonce: 9, trace: '0xup' }),
	on('Contract', 20, 2, 'storageContracts.ReportApplied', { chain: '0xdd', window: 5 }),
	on('Contract', 30, 0, 'storageContracts.ContractClosed', { id: 7, outcome: { paid: 1, refunded: 0 } }),
];

test('a contract is followed down and up, and strangers are left out', () => {
	const told = ordered(timeline(contract, [place], all)).map(({ text, trace }) => [text, trace]);
	expect(told).toEqual([
		['Proposed; 0.000000000005 TERR set aside', undefined],
		['Windows 3 to 5 were ordered', undefined],
		['Sent to the proof chain', '0xdown'],
		['The proof chain knows it', '0xdown'],
		['Proven in window 4', undefined],
		['The report of window 4 left', '0xup'],
		['Window 4 was settled', '0xup'],
		['Closed: 0.000000000001 TERR paid, 0 TERR came back', undefined],
	]);
});

test('the slots that a batch proved are counted over its pages', () => {
	const [batch] = all.filter(({ name }) => name === 'proofVerification.ProofsAccepted');
	expect(batch && provenSlots(batch)).toBe(2);
});

test('an arrival whose departure was not read still appears', () => {
	const late = all.filter(({ layer }) => layer === 'Contract');
	const told = ordered(timeline(contract, [place], late)).map(({ text }) => text);
	expect(told).toContain('Window 4 was settled');
});

function end(outNonce: number, inNonce: number, acked = 0): LaneEnd {
	return { state: { outNonce, inNonce, incarnation: 0, open: true }, acked, deadLetters: 0, peerBest: 0 };
}

test('lag is what was sent and not received', () => {
	expect(lag(flow(end(9, 0), end(0, 7)))).toBe(2n);
	// The receiver was asked a moment later than the sender.
	expect(lag(flow(end(9, 0), end(0, 10)))).toBe(0n);
});

test('messages travel, arrive once, and only so many are drawn', () => {
	const where = { edge: 'bottom' as const, lane: 2, up: true };
	const before = flow(end(5, 0), end(0, 5));
	const left = moves(where, before, flow(end(6, 0), end(0, 5)));
	expect(left.map(({ key, arrived }) => [key, arrived])).toEqual([['bottom-2-up-6', false]]);
	const there = moves(where, before, flow(end(6, 0), end(0, 6)));
	expect(there.map(({ key, arrived }) => [key, arrived])).toEqual([['bottom-2-up-6', true]]);
	expect(moves(where, undefined, flow(end(50, 0), end(0, 50)))).toEqual([]);
	expect(moves(where, before, flow(end(500, 0), end(0, 5))).length).toBe(4);
});

// SPDX-License-Identifier: Apache-2.0
// The story of one contract across the layers: its events, joined by the messages that link them.

import type { Layer } from '../config';
import { big, formatAmount, type Num } from '../format';
import type { Happening } from './history';
import type { Contract } from './views';

export interface Entry {
	layer: Layer;
	block: number;
	hash: string;
	text: string;
	/** Name of the message that links this entry with one on another layer. */
	trace?: string;
	bad?: boolean;
}

/** Where a leg is kept on its proof chain. */
export interface Place {
	leg: Num;
	stream: number;
	page: number;
	slot: number;
}

const STORAGE = 2;

type Say = (f: Record<string, unknown>) => string;

const OWN: Record<string, { key: string; say: Say; bad?: boolean }> = {
	ContractProposed: { key: 'id', say: (f) => `Proposed; ${formatAmount(f['escrow'] as Num)} set aside` },
	ContractAccepted: { key: 'id', say: () => 'Accepted by its provider' },
	ProposalEnded: { key: 'id', say: (f) => `The proposal ended (${String(f['cause']).toLowerCase()}); ${formatAmount(f['refunded'] as Num)} are free again` },
	LegOpened: { key: 'contract', say: (f) => `Windows ${f['start']} to ${Number(f['end']) - 1} were ordered` },
	LegCut: { key: 'contract', say: (f) => `Ends before window ${f['end']}; ${formatAmount(f['freed'] as Num)} are free again` },
	ContractEnding: { key: 'id', say: (f) => `Ends early; ${formatAmount(f['refunded'] as Num)} came back at once` },
	LegFaulted: { key: 'contract', say: (f) => `Window ${f['window']} was not proven: its price comes back`, bad: true },
	AuditDemanded: { key: 'id', say: (f) => `An audit was demanded, to be answered by block ${f['deadline']}` },
	AuditAnswered: { key: 'id', say: () => 'The audit was answered' },
	AuditFailed: { key: 'id', say: () => 'The audit was not answered', bad: true },
	ContractClosed: { key: 'id', say: (f) => closed(f['outcome'] as Record<string, Num>) },
};

function closed(outcome: Record<string, Num>): string {
	return `Closed: ${formatAmount(outcome['paid'] ?? 0)} paid, ${formatAmount(outcome['refunded'] ?? 0)} came back`;
}

/** The trace of the message on the storage lane that left in the same block with this nonce. */
function sentWith(all: Happening[], of: Happening, nonce?: Num): string | undefined {
	const sent = all.filter((one) =>
		one.name === 'crossLayer.MessageSent' && one.hash === of.hash && one.fields['lane'] === STORAGE);
	const exact = sent.find((one) => nonce === undefined || big(one.fields['nonce'] as Num) === big(nonce));
	return exact?.fields['trace'] as string | undefined;
}

/** The trace of the message that made something happen: its dispatch is told right after. */
function dispatchedBy(all: Happening[], of: Happening): string | undefined {
	const after = all
		.filter((one) => one.name === 'crossLayer.MessageDispatched' && one.hash === of.hash && one.index > of.index)
		.sort((a, b) => a.index - b.index);
	return after[0]?.fields['trace'] as string | undefined;
}

/** Everything about a contract in what was read of the layers, oldest first in the order of cause. */
export function timeline(contract: Contract, places: Place[], all: Happening[]): Entry[] {
	return [
		...own(contract, all),
		...batches(contract, all),
		...proofs(places, all),
		...reports(contract, all),
	];
}

function entry(one: Happening, text: string, more: Partial<Entry> = {}): Entry {
	return { layer: one.layer, block: one.block, hash: one.hash, text, ...more };
}

function own(contract: Contract, all: Happening[]): Entry[] {
	return all.flatMap((one) => {
		const [pallet, method = ''] = one.name.split('.');
		const known = pallet === 'storageContracts' ? OWN[method] : undefined;
		if (!known || Number(one.fields[known.key]) !== contract.id) return [];
		return [entry(one, known.say(one.fields), { bad: known.bad })];
	});
}

/** Whether something tells of a batch that took legs of the contract down. */
function ofBatches(contract: Contract, all: Happening[]): (one: Happening) => boolean {
	const opened = all.filter((one) =>
		one.name === 'storageContracts.LegOpened' && Number(one.fields['contract']) === contract.id);
	const numbers = new Set(opened.map((one) => String(big(one.fields['batch'] as Num))));
	return (one) => numbers.has(String(big((one.fields['batch'] ?? -1) as Num)));
}

/** Hashes of the proof chain's blocks in which it came to know legs of the contract. */
export function trackedAt(contract: Contract, all: Happening[]): string[] {
	const told = ofBatches(contract, all);
	return all.filter((one) => one.name === 'proofVerification.LegsTracked' && told(one)).map(({ hash }) => hash);
}

/** The legs' way down. */
function batches(contract: Contract, all: Happening[]): Entry[] {
	const told = ofBatches(contract, all);
	return all.flatMap((one) => {
		if (!told(one)) return [];
		if (one.name === 'storageContracts.BatchSent') {
			const trace = sentWith(all, one, one.fields['nonce'] as Num);
			return [entry(one, 'Sent to the proof chain', { trace })];
		}
		if (one.name === 'proofVerification.LegsTracked') {
			return [entry(one, 'The proof chain knows it', { trace: dispatchedBy(all, one) })];
		}
		return [];
	});
}

/** What a batch of proofs newly proved: the slots of each page, one bit each. */
function provenPages(of: Happening): { page: number; bits: bigint }[] {
	const pages = of.fields['pages'] as { page: number; bits: Num }[];
	return pages.map(({ page, bits }) => ({ page, bits: big(bits) }));
}

/** How many slots a batch of proofs newly proved. */
export function provenSlots(of: Happening): number {
	let found = 0;
	for (const { bits } of provenPages(of)) {
		for (let left = bits; left > 0n; left &= left - 1n) found += 1;
	}
	return found;
}

function proofs(places: Place[], all: Happening[]): Entry[] {
	return all.flatMap((one) => {
		if (one.name !== 'proofVerification.ProofsAccepted') return [];
		const proven = provenPages(one);
		const hit = places.some(({ stream, page, slot }) =>
			stream === Number(one.fields['stream']) &&
			proven.some((on) => on.page === page && ((on.bits >> BigInt(slot)) & 1n) === 1n));
		return hit ? [entry(one, `Proven in window ${one.fields['window']}`)] : [];
	});
}

/** The reports' way up, for the windows of the contract. */
function reports(contract: Contract, all: Happening[]): Entry[] {
	const within = (window: number): boolean => {
		const first = contract.start ?? contract.legs[0]?.planned;
		return first !== undefined && window >= first && window < (contract.end ?? 0);
	};
	return all.flatMap((one) => {
		const window = Number(one.fields['window']);
		if (one.name === 'proofVerification.ReportSent' && within(window)) {
			return [entry(one, `The report of window ${window} left`, { trace: sentWith(all, one) })];
		}
		const applied = one.name === 'storageContracts.ReportApplied';
		if (applied && within(window) && one.fields['chain'] === contract.proofChain) {
			return [entry(one, `Window ${window} was settled`, { trace: dispatchedBy(all, one) })];
		}
		return [];
	});
}

const RANK: Record<Layer, number> = { Main: 0, Contract: 1, Proof: 2 };

/**
 * Orders entries of different chains: blocks order those of one chain, and a message arrives after it
 * left. Chains have no common clock, so what no message joins stays as near as its own chain allows.
 */
export function ordered(entries: Entry[]): Entry[] {
	const queues = (['Contract', 'Proof', 'Main'] as Layer[]).map((layer) =>
		entries.filter((one) => one.layer === layer).sort((a, b) => a.block - b.block));
	const waiting = new Map<string, number>();
	for (const { trace } of entries) if (trace) waiting.set(trace, (waiting.get(trace) ?? 0) + 1);
	const left = new Map<string, Layer>();
	const list: Entry[] = [];
	const arrives = (one: Entry): boolean => /knows|settled/.test(one.text);
	const held = (one: Entry | undefined): boolean =>
		!!one?.trace && arrives(one) && !left.has(one.trace) && (waiting.get(one.trace) ?? 0) > 1;
	while (queues.some((queue) => queue.length > 0)) {
		// What has just arrived goes first, then the lower chain.
		const able = queues.filter((queue) => queue.length > 0 && !held(queue[0]));
		const urgency = ([one]: Entry[]): number =>
			one === undefined ? 0 : RANK[one.layer] + (arrives(one) && one.trace !== undefined ? 10 : 0);
		able.sort((a, b) => urgency(b) - urgency(a));
		const queue = able[0] ?? queues.find((queue) => queue.length > 0);
		const one = queue?.shift();
		if (!one) break;
		if (one.trace) left.set(one.trace, one.layer);
		list.push(one);
	}
	return list;
}

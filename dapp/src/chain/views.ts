// SPDX-License-Identifier: Apache-2.0
// What the runtime APIs answer, as polkadot.js writes it in JSON.

import type { Layer } from '../config';
import type { Num } from '../format';

/** An enum with fields: one key, the variant. */
export type Variant = Record<string, Record<string, unknown> | null>;

export interface Neighbour {
	chain: string;
	relation: 'Parent' | 'Child';
	layer: Layer;
	status: 'Active' | 'Halted' | 'Frozen' | 'Closed' | 'Expired' | 'Draining';
	bestNumber: number;
	bestHash: string;
	setId: Num;
	lastProgressAt: number;
	incarnation: number;
	bond: Num;
	closedAt: number | null;
	expiresAt: number;
	blockers: Record<string, unknown>;
}

export interface LaneEnd {
	state: { outNonce: Num; inNonce: Num; incarnation: number; open: boolean };
	acked: Num;
	deadLetters: number;
	peerBest: number;
}

export interface WindowView {
	window: number;
	round: number;
	openedAt: number;
	closesAt: number;
	seed: string;
	applied: Num;
	sweeping: number | null;
}

export interface Leg {
	leg: Num;
	stream: number;
	proofChain: string;
	rate: Num;
	fee: Num;
	interval: number;
	planned: number;
	start: number | null;
	end: number;
	escrow: Num;
	collateral: Num;
	reported: number;
	proven: number;
	faults: number;
	outages: number;
	heat: number;
	appealUntil: number | null;
}

export interface Contract {
	id: number;
	client: string;
	provider: string;
	root: string;
	size: Num;
	proofChain: string;
	state: 'Proposed' | 'Active' | 'Ended';
	rate: Num;
	interval: number;
	windows: number;
	escrow: Num;
	expiresAt: number;
	leg: Num | null;
	start: number | null;
	end: number | null;
	reported: number;
	proven: number;
	faults: number;
	outages: number;
	paid: Num;
	refundable: Num;
	compensated: Num;
	collateral: Num;
	legs: Leg[];
	audit: { chunks: Num[]; deadline: number; deposit: Num } | null;
}

export interface Offer {
	endpoint: string;
	price: Num;
	capacity: Num;
	minWindows: number;
	maxWindows: number;
	operator: string;
}

export interface Provider {
	who: string;
	offer: Offer;
	accepting: boolean;
	used: Num;
	collateral: Num;
	required: Num;
	payee: string | null;
	cases: number;
	probationSince: number | null;
	exitingSince: number | null;
	cooldown: number;
}

export interface ProofChain {
	chain: string;
	reported: number;
	appliedAt: number;
	windowMs: Num;
	sent: Num;
	applied: Num;
	estimate: number;
	overdue: boolean;
	stalledAt: number | null;
	capacity: Num;
	booked: Num;
	feePerByte: Num;
	beneficiary: string | null;
	streams: number;
}

export interface Stream {
	stream: number;
	claimable: Num;
	fee: Num;
	claimed: Num;
	rate: Num;
	counted: number;
	cases: number;
	run: number;
	deadFrom: number | null;
}

export interface Quote {
	rate: Num;
	fee: Num;
	escrow: Num;
	collateral: Num;
	start: number;
	end: number;
}

export interface Terms {
	proofChain: string;
	root: string;
	size: bigint;
	windows: number;
	interval: number;
	maxRate: bigint;
}

export interface Slot {
	slot: number;
	leg: Num;
	due: boolean;
	proven: boolean;
	start: number;
	end: number;
}

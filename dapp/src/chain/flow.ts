// SPDX-License-Identifier: Apache-2.0
// How far the messages of a lane are.

import type { Layer } from '../config';
import { big } from '../format';
import type { LaneEnd } from './views';

export const LANES = ['Governance', 'Token', 'Storage'] as const;

/** A parent and its child. */
export type Edge = 'top' | 'bottom';

export const EDGES: Record<Edge, { parent: Layer; child: Layer }> = {
	top: { parent: 'Main', child: 'Contract' },
	bottom: { parent: 'Contract', child: 'Proof' },
};

export interface Flow {
	sent: bigint;
	received: bigint;
	acked: bigint;
	deadLetters: number;
}

export interface LaneFlow {
	edge: Edge;
	lane: number;
	open: boolean;
	down: Flow;
	up: Flow;
}

/** A message on its way, or one that has just arrived. */
export interface Traveller {
	key: string;
	edge: Edge;
	lane: number;
	up: boolean;
	nonce: bigint;
	arrived: boolean;
}

/** Most messages of one lane and direction that are drawn at once. */
const DRAWN = 4;
export function flow(sender: LaneEnd, receiver: LaneEnd): Flow {
	return {
		sent: big(sender.state.outNonce),
		received: big(receiver.state.inNonce),
		acked: big(sender.acked),
		deadLetters: receiver.deadLetters,
	};
}

export function lag(flow: Flow): bigint {
	return flow.sent > flow.received ? flow.sent - flow.received : 0n;
}

/** Who travels after a look at a lane; `before` is what the last look saw. */
export function moves(
	where: { edge: Edge; lane: number; up: boolean },
	before: Flow | undefined,
	now: Flow,
): Traveller[] {
	const name = `${where.edge}-${where.lane}-${where.up ? 'up' : 'down'}`;
	const one = (nonce: bigint, arrived: boolean): Traveller => ({
		...where,
		key: `${name}-${nonce}`,
		nonce,
		arrived,
	});
	const list: Traveller[] = [];
	const from = before?.received ?? now.received;
	for (let nonce = from + 1n; nonce <= now.received; nonce += 1n) list.push(one(nonce, true));
	for (let nonce = now.received + 1n; nonce <= now.sent; nonce += 1n) list.push(one(nonce, false));
	return list.slice(-DRAWN);
}

// SPDX-License-Identifier: Apache-2.0
// What the contract chain and the proof chain tell, over their runtime APIs.

import type { ApiPromise } from '@polkadot/api';
import { fail } from '../problem';
import { apiOf } from './connect';
import type {
	Contract,
	LaneEnd,
	Neighbour,
	ProofChain,
	Provider,
	Quote,
	Slot,
	Stream,
	Terms,
	Variant,
	WindowView,
} from './views';

const PAGE = 100;

async function ask<R>(api: ApiPromise, trait: string, method: string, ...args: unknown[]): Promise<R> {
	const call = api.call[trait]?.[method];
	if (!call) {
		throw fail(
			'wrong-network',
			'This chain lacks what is asked for',
			'Choose nodes of one Terrace network under Network.',
			`Its runtime has no ${trait}.${method}.`,
		);
	}
	return (await call(...args)).toJSON() as R;
}

async function market<R>(method: string, ...args: unknown[]): Promise<R> {
	return ask(await apiOf('Contract'), 'marketApi', method, ...args);
}

export function neighbours(api: ApiPromise): Promise<Neighbour[]> {
	return ask(api, 'linkApi', 'neighbours');
}

export function laneEnd(api: ApiPromise, peer: string, lane: number): Promise<LaneEnd | null> {
	return ask(api, 'linkApi', 'lane', peer, lane);
}

export async function providers(): Promise<Provider[]> {
	const all: Provider[] = [];
	for (;;) {
		const after = all.at(-1)?.who ?? null;
		const page = await market<Provider[]>('providers', after, PAGE);
		if (page.length === 0) return all;
		all.push(...page);
	}
}

export function proofChains(): Promise<ProofChain[]> {
	return market('proofChains');
}

export function contract(id: number): Promise<Contract | null> {
	return market('contract', id);
}

export async function contractsOf(who: string): Promise<Contract[]> {
	const all: Contract[] = [];
	for (;;) {
		const last = all.at(-1);
		const page = await market<Contract[]>('contractsOf', who, last ? last.id + 1 : 0, PAGE);
		if (page.length === 0) return all;
		all.push(...page);
	}
}

export function stream(provider: string, chain: string): Promise<Stream | null> {
	return market('stream', provider, chain);
}

export function quote(provider: string, terms: Terms): Promise<Quote | null> {
	return market('quote', provider, terms);
}

export function preflight(client: string, provider: string, terms: Terms): Promise<Variant[]> {
	return market('preflightPropose', client, provider, terms);
}

export function preflightClose(id: number): Promise<Variant[]> {
	return market('preflightClose', id);
}

export function explain(id: number): Promise<Variant[]> {
	return market('explain', id);
}

export async function openWindow(): Promise<WindowView | null> {
	return ask(await apiOf('Proof'), 'proofApi', 'window');
}

/** Every leg of a stream on the proof chain. */
export async function slotsOf(id: number, most = 16): Promise<Slot[]> {
	const api = await apiOf('Proof');
	const pages = Math.min(most, await ask<number>(api, 'proofApi', 'pages', id));
	const reads = Array.from({ length: pages }, (_, page) =>
		ask<Slot[]>(api, 'proofApi', 'page', id, page),
	);
	return (await Promise.all(reads)).flat();
}

// SPDX-License-Identifier: Apache-2.0
// Referenda of the main chain, as the standard pallets keep them.

import type { ApiPromise } from '@polkadot/api';
import { hexToString } from '@polkadot/util';
import { big, type Num } from '../format';

export interface Ongoing {
	title: string;
	call?: string;
	track: string;
	submitter: string;
	submitted: number;
	preparePeriod: number;
	decisionPeriod: number;
	decidingSince: number | null;
	confirmingUntil: number | null;
	needsDeposit: boolean;
	decisionDeposit: bigint;
	tally: { ayes: bigint; nays: bigint; support: bigint };
}

export interface Referendum {
	index: number;
	ongoing?: Ongoing;
	/** What became of it. */
	outcome?: string;
	/** The account's own vote. */
	mine?: string;
}

interface Track {
	name: string;
	decisionDeposit: Num;
	preparePeriod: number;
	decisionPeriod: number;
}

interface Status {
	track: number;
	proposal: { lookup?: { hash: string; len: number }; inline?: string };
	submitted: number;
	submissionDeposit: { who: string };
	decisionDeposit: unknown;
	deciding: { since: number; confirming: number | null } | null;
	tally: { ayes: Num; nays: Num; support: Num };
}

/** Whether the chain has the pallets that votes need. */
export function governed(api: ApiPromise): boolean {
	return ['referenda', 'convictionVoting', 'preimage'].every((pallet) => pallet in api.query);
}

function tracks(api: ApiPromise): Map<number, Track> {
	const list = api.consts['referenda']?.['tracks']?.toJSON() as [number, Track & { name: string }][];
	return new Map(list.map(([id, track]) => {
		// Names are fixed arrays of bytes, filled up with zeros.
		const name = track.name.startsWith('0x') ? hexToString(track.name) : track.name;
		return [id, { ...track, name: name.replace(/\0+$/, '').replaceAll('_', ' ') }];
	}));
}

export async function referenda(api: ApiPromise, who?: string): Promise<Referendum[]> {
	const all = (await api.query['referenda']?.['referendumInfoFor']?.entries()) ?? [];
	const known = tracks(api);
	const mine = who ? await votesOf(api, who) : new Map<number, string>();
	const list = await Promise.all(all.map(async ([key, value]): Promise<Referendum> => {
		const index = Number(key.args[0]?.toString());
		const info = value.toJSON() as unknown as Record<string, unknown>;
		const [kind = '', body] = Object.entries(info)[0] ?? [];
		if (kind !== 'ongoing') return { index, outcome: kind.replace(/([A-Z])/g, ' $1').toLowerCase() };
		return { index, mine: mine.get(index), ongoing: await ongoing(api, known, body as Status) };
	}));
	return list.sort((a, b) => b.index - a.index);
}

async function ongoing(api: ApiPromise, known: Map<number, Track>, status: Status): Promise<Ongoing> {
	const track = known.get(status.track);
	const bytes = await bytesOf(api, status.proposal);
	const { tally } = status;
	return {
		...describe(api, bytes),
		track: track?.name ?? String(status.track),
		submitter: status.submissionDeposit.who,
		submitted: status.submitted,
		preparePeriod: track?.preparePeriod ?? 0,
		decisionPeriod: track?.decisionPeriod ?? 0,
		decidingSince: status.deciding?.since ?? null,
		confirmingUntil: status.deciding?.confirming ?? null,
		needsDeposit: status.decisionDeposit === null,
		decisionDeposit: big(track?.decisionDeposit),
		tally: { ayes: big(tally.ayes), nays: big(tally.nays), support: big(tally.support) },
	};
}

async function bytesOf(api: ApiPromise, proposal: Status['proposal']): Promise<string | undefined> {
	if (proposal.inline) return proposal.inline;
	if (!proposal.lookup) return undefined;
	const { hash, len } = proposal.lookup;
	const found = await api.query['preimage']?.['preimageFor']?.([hash, len]);
	return (found?.toJSON() as string | null | undefined) ?? undefined;
}

/** What a call does, as far as its bytes are known and readable. */
function describe(api: ApiPromise, bytes: string | undefined): { title: string; call?: string } {
	if (!bytes) return { title: 'its proposal is not published yet' };
	try {
		const call = api.registry.createType('Call', bytes);
		const docs = call.meta.docs.map(String).find((line) => line.trim() !== '')?.trim();
		const text = JSON.stringify(call.toHuman(), undefined, 2);
		return { title: docs ?? `${call.section}.${call.method}`, call: text };
	} catch {
		return { title: 'its proposal cannot be read', call: bytes };
	}
}

interface Casting {
	casting?: { votes: [number, { standard?: { vote: string; balance: Num } }][] };
}

async function votesOf(api: ApiPromise, who: string): Promise<Map<number, string>> {
	const all = (await api.query['convictionVoting']?.['votingFor']?.entries(who)) ?? [];
	const found = new Map<number, string>();
	for (const [, value] of all) {
		for (const [index, vote] of (value.toJSON() as Casting).casting?.votes ?? []) {
			const byte = Number(vote.standard?.vote ?? Number.NaN);
			// The highest bit says aye.
			found.set(index, Number.isNaN(byte) ? 'split' : byte >= 128 ? 'aye' : 'nay');
		}
	}
	return found;
}

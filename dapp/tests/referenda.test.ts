// SPDX-License-Identifier: Apache-2.0
// Referenda as the standard pallets encode them, by the metadata of a chain that has them.

import type { ApiPromise } from '@polkadot/api';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { decorateConstants, decorateExtrinsics } from '@polkadot/types/metadata/decorate';
import kusama from '@polkadot/types-support/metadata/static-kusama';
import { expect, test } from 'vitest';
import { governed, referenda } from '../src/chain/referenda';

const registry = new TypeRegistry();
const metadata = new Metadata(registry, kusama as `0x${string}`);
registry.setMetadata(metadata);
const tx = decorateExtrinsics(registry, metadata.asLatest, metadata.version);
const consts = decorateConstants(registry, metadata.asLatest, metadata.version);
const WHO = '5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy';

/** A value of a storage item, encoded and decoded as a chain would. */
function stored(pallet: string, item: string, value: unknown) {
	const found = metadata.asLatest.pallets.find(({ name }) => name.toString() === pallet)
		?.storage.unwrap().items.find(({ name }) => name.toString() === item);
	if (!found) throw new Error(`there is no ${pallet}.${item}`);
	const type = registry.createLookupType(found.type.isMap ? found.type.asMap.value : found.type.asPlain);
	return registry.createType(type, registry.createType(type, value).toU8a());
}

const remark = tx['system']?.['remark']?.('0x1234');
if (!remark) throw new Error('there is no remark');
const bytes = registry.createType('Call', remark).toHex();

function ongoing(change: Record<string, unknown>): unknown {
	return stored('Referenda', 'ReferendumInfoFor', {
		Ongoing: {
			track: 0,
			origin: { system: 'Root' },
			proposal: { Inline: bytes },
			enactment: { After: 10 },
			submitted: 100,
			submissionDeposit: { who: WHO, amount: 5 },
			decisionDeposit: null,
			deciding: null,
			tally: { ayes: 30, nays: 10, support: 20 },
			inQueue: false,
			alarm: null,
			...change,
		},
	});
}

/** As much of a connection as is asked. */
function chain(infos: [number, unknown][], votes: unknown[] = []): ApiPromise {
	const entries = async () => infos.map(([index, info]) => [{ args: [index] }, info]);
	const query = {
		referenda: { referendumInfoFor: { entries } },
		convictionVoting: { votingFor: { entries: async () => votes.map((vote) => [{ args: [] }, vote]) } },
		preimage: { preimageFor: async () => registry.createType('Option<Bytes>', bytes) },
	};
	return { registry, consts, query } as unknown as ApiPromise;
}

test('a chain without the pallets is told apart', () => {
	expect(governed(chain([]))).toBe(true);
	expect(governed({ query: { referenda: {}, preimage: {} } } as unknown as ApiPromise)).toBe(false);
});

test('what is being decided is read with its call, track and tally', async () => {
	const [found] = await referenda(chain([[4, ongoing({})]]));
	expect(found?.index).toBe(4);
	const open = found?.ongoing;
	expect(open?.track).toBe('root');
	expect(open?.title).toBe('Make some on-chain remark.');
	expect(open?.call).toContain('0x1234');
	expect(open?.tally).toEqual({ ayes: 30n, nays: 10n, support: 20n });
	expect([open?.needsDeposit, open?.decidingSince, open?.confirmingUntil]).toEqual([true, null, null]);
	expect(open?.decisionDeposit).toBeGreaterThan(0n);
	expect(open?.decisionPeriod).toBeGreaterThan(0);
});

test('a proposal that is noted elsewhere is looked up', async () => {
	const lookup = { Lookup: { hash: registry.hash(Buffer.from(bytes.slice(2), 'hex')).toHex(), len: 6 } };
	const deciding = { since: 150, confirming: 180 };
	const deposit = { who: WHO, amount: 7 };
	const info = ongoing({ proposal: lookup, deciding, decisionDeposit: deposit });
	const [found] = await referenda(chain([[1, info]]));
	expect(found?.ongoing?.title).toBe('Make some on-chain remark.');
	expect([found?.ongoing?.needsDeposit, found?.ongoing?.decidingSince, found?.ongoing?.confirmingUntil])
		.toEqual([false, 150, 180]);
});

test('what is decided has an outcome, and the newest comes first', async () => {
	const approved = stored('Referenda', 'ReferendumInfoFor', { Approved: [200, null, null] });
	const timed = stored('Referenda', 'ReferendumInfoFor', { TimedOut: [200, null, null] });
	const found = await referenda(chain([[0, approved], [2, timed]]));
	expect(found.map(({ index, outcome }) => [index, outcome])).toEqual([[2, 'timed out'], [0, 'approved']]);
});

test("an account's own votes are shown", async () => {
	const vote = (aye: boolean) => ({ Standard: { vote: { aye, conviction: 'Locked1x' }, balance: 9 } });
	const votes = stored('ConvictionVoting', 'VotingFor', {
		Casting: { votes: [[4, vote(true)], [5, vote(false)]], delegations: { votes: 0, capital: 0 }, prior: [0, 0] },
	});
	const found = await referenda(chain([[4, ongoing({})], [5, ongoing({})], [6, ongoing({})]], [votes]), WHO);
	expect(found.map(({ index, mine }) => [index, mine])).toEqual([[6, undefined], [5, 'nay'], [4, 'aye']]);
});

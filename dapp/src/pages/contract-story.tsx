// SPDX-License-Identifier: Apache-2.0
// A contract's way through the layers, joined by the names of the messages that carried it.

import { useState } from 'preact/hooks';
import { apiOf, chains } from '../chain/connect';
import { history, lookBack, readFrom } from '../chain/history';
import { ordered, timeline, trackedAt, type Entry, type Place } from '../chain/timeline';
import type { Contract } from '../chain/views';
import { short } from '../format';
import { problemOf, type Problem } from '../problem';
import { Code, Empty, Tag, Trouble, useLoaded } from '../ui/parts';

/** Blocks that are read back at once. */
const STEP = 150;

/** A browser of any Terrace chain that takes the node's address and a block's hash. */
function explorer(url: string, hash: string): string {
	return `https://polkadot.js.org/apps/?rpc=${encodeURIComponent(url)}#/explorer/query/${hash}`;
}

/** Where the contract's legs are kept, or were: the proof chain forgets a leg that is over. */
async function placesOf(contract: Contract): Promise<Place[]> {
	const api = await apiOf('Proof');
	const known = trackedAt(contract, history.peek());
	const found = await Promise.all(contract.legs.map(async ({ leg }) => {
		const ask = async (hash?: string): Promise<unknown> => {
			const at = hash ? await api.at(hash) : api;
			return (await at.query['proofVerification']?.['slotOf']?.(leg))?.toJSON();
		};
		let place = await ask();
		for (const hash of place ? [] : known) place ??= await ask(hash).catch(() => undefined);
		return place ? { ...(place as Omit<Place, 'leg'>), leg } : undefined;
	}));
	return found.filter((one) => one !== undefined);
}

export function Story({ contract }: { contract: Contract }) {
	const places = useLoaded(
		() => placesOf(contract),
		[contract.legs.map(({ leg }) => String(leg)).join(), trackedAt(contract, history.value).join()],
		10_000,
	);
	const [reading, setReading] = useState(false);
	const [problem, setProblem] = useState<Problem>();
	const list = ordered(timeline(contract, places.data ?? [], history.value));
	const from = readFrom.value;
	const back = async (): Promise<void> => {
		setReading(true);
		setProblem(undefined);
		try {
			await Promise.all([lookBack('Contract', STEP), lookBack('Proof', STEP)]);
		} catch (error) {
			setProblem(problemOf(error));
		} finally {
			setReading(false);
		}
	};
	return (
		<>
			<p class="fine">
				Read from block {from.Contract ?? '…'} of the contract chain and block {from.Proof ?? '…'} of the proof
				chain on. The same trace on two layers is one message.
			</p>
			<button type="button" class="quiet" disabled={reading || (from.Contract === 1 && from.Proof === 1)}
				onClick={() => void back()}>
				{reading ? 'Reading blocks…' : 'Look further back'}
			</button>
			<Trouble problem={problem} />
			{list.length === 0 && <Empty>Nothing about it in these blocks.</Empty>}
			<ol class="timeline">
				{list.map((one, index) => <Line key={`${one.hash}-${one.text}-${index}`} one={one} />)}
			</ol>
		</>
	);
}

function Line({ one }: { one: Entry }) {
	return (
		<li class={one.bad ? 'bad' : one.layer.toLowerCase()}>
			{one.text}{' '}
			<Tag>
				<a href={explorer(chains[one.layer].value.url, one.hash)} target="_blank" rel="noreferrer">
					{one.layer} block {one.block}
				</a>
			</Tag>{' '}
			{one.trace && <small>trace <Code text={one.trace} side={4} label={`trace ${short(one.trace)}`} /></small>}
		</li>
	);
}

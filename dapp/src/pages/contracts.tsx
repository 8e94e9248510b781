// SPDX-License-Identifier: Apache-2.0
// The chosen account's contracts: where they stand, what they cost, and what can be done.

import { useState } from 'preact/hooks';
import { account } from '../chain/accounts';
import { chains } from '../chain/connect';
import { contractsOf, explain } from '../chain/market';
import type { Contract } from '../chain/views';
import { count, formatBytes, formatTime } from '../format';
import { pendingName } from '../provider/pending';
import { Amount, Code, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';
import { note, variant } from '../words';
import { Actions } from './contract-actions';
import { Story } from './contract-story';

export function Contracts() {
	const who = account.value?.address;
	const ready = chains.Contract.value.status === 'ready';
	const found = useLoaded(async () => (who && ready ? contractsOf(who) : undefined), [who, ready], 4_000);
	const list = found.data?.toReversed() ?? [];
	const mine = list.filter(({ client }) => client === who);
	const kept = list.filter(({ client }) => client !== who);
	return (
		<>
			<p class="lead">What you ordered, window by window. A closed contract leaves this list; its money is settled.</p>
			{!who && <Empty>Choose an account at the top to see its contracts.</Empty>}
			<Trouble problem={found.problem} />
			{who && found.data && mine.length === 0 && (
				<Empty>This account has no contract now. <a href="#/store">Store a file</a>.</Empty>
			)}
			{mine.map((one) => <Card key={one.id} contract={one} client again={found.again} />)}
			{kept.length > 0 && <h2>Kept for others</h2>}
			{kept.map((one) => <Card key={one.id} contract={one} client={false} again={found.again} />)}
		</>
	);
}

const TONES = { Proposed: 'warn', Active: 'good', Ended: 'calm' } as const;

function Card({ contract, client, again }: { contract: Contract; client: boolean; again(): void }) {
	const [open, setOpen] = useState(false);
	const notes = useLoaded(() => explain(contract.id), [contract.id, contract.state, contract.reported], 10_000);
	const name = pendingName(contract.id, contract.root);
	const ends = notes.data?.map(variant).find(([name]) => name === 'runs')?.[1]['endsAt'];
	return (
		<article class="card" data-contract={contract.id} data-state={contract.state}
			aria-labelledby={`contract-${contract.id}`}>
			<header>
				<h2 id={`contract-${contract.id}`}>Contract {contract.id}{name && `: ${name}`}</h2>
				<Tag tone={TONES[contract.state]}>{contract.state.toLowerCase()}</Tag>
			</header>
			<ul class="notes">{notes.data?.map((one) => <li key={JSON.stringify(one)}>{note(one)}</li>)}</ul>
			{contract.state !== 'Proposed' && <WindowRow contract={contract} />}
			<Facts list={[
				['Content id', <Code text={contract.root.replace(/^0x/, '')} side={8} label="content id" />],
				['Size', formatBytes(contract.size)],
				['Windows', `${contract.reported} of ${contract.windows} reported, ${contract.proven} proven`],
				['A window costs', <Amount of={contract.rate} />],
				['Set aside', <Amount of={contract.escrow} />],
				['Spent', <Amount of={contract.paid} />],
				['Comes back', <Amount of={BigInt(contract.refundable) + BigInt(contract.compensated)} />],
				...(ends ? [['Ends', formatTime(Number(ends))] as [string, string]] : []),
				[client ? 'Provider' : 'Client', <Code text={client ? contract.provider : contract.client} label="account" />],
			]} />
			<Actions contract={contract} client={client} notes={notes.data ?? []} again={again} />
			<details onToggle={(event) => setOpen(event.currentTarget.open)}>
				<summary>What happened across the chains</summary>
				{open && <Story contract={contract} />}
			</details>
		</article>
	);
}

const SHOWN = 120;

function WindowRow({ contract }: { contract: Contract }) {
	const lost = Math.max(0, contract.reported - contract.proven);
	const label = `${count(contract.proven, 'window')} proven, ${lost} not proven, ` +
		`${Math.max(0, contract.windows - contract.reported)} to come`;
	// Reports tell how many were proven, so marks are grouped, not dated.
	const marks = [
		...Array.from({ length: contract.proven }, () => 'proven'),
		...Array.from({ length: lost }, () => 'lost'),
		...Array.from({ length: Math.max(0, contract.windows - contract.reported) }, () => 'open'),
	];
	const step = Math.max(1, Math.ceil(marks.length / SHOWN));
	return (
		<div class="windows" role="img" aria-label={label} title={label}>
			{marks.filter((_, index) => index % step === 0).map((mark, index) => <i key={index} class={mark} />)}
		</div>
	);
}

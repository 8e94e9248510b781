// SPDX-License-Identifier: Apache-2.0
// The three layers as a living picture.

import { useEffect, useState } from 'preact/hooks';
import { chains, type ChainState } from '../chain/connect';
import { EDGES, lag, LANES, type Edge, type LaneFlow } from '../chain/flow';
import { flows, travellers } from '../chain/lanes';
import { history, type Happening } from '../chain/history';
import { provenSlots } from '../chain/timeline';
import { openWindow, proofChains, providers } from '../chain/market';
import type { Layer } from '../config';
import { count, formatAmount, formatBytes, formatDuration, short } from '../format';
import { Bar, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';

const ROLE: Record<Layer, string> = {
	Main: 'holds the token and the registry of contract chains',
	Contract: 'keeps contracts, escrow and settlement',
	Proof: 'checks possession proofs and reports what was not proven',
};

export function Overview() {
	return (
		<>
			<p class="lead">
				A file is paid for on the contract chain, proven on the proof chain, and both answer to the main
				chain. Every step between them is a message that is proven, never trusted.
			</p>
			<section class="terraces" aria-label="The three layers">
				<Terrace layer="Main" />
				<Lanes edge="top" />
				<Terrace layer="Contract" />
				<Lanes edge="bottom" />
				<Terrace layer="Proof" />
			</section>
			<Windows />
			<Feed />
		</>
	);
}

function useClock(): number {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, []);
	return now;
}

function Terrace({ layer }: { layer: Layer }) {
	const chain = chains[layer].value;
	return (
		<article class={`terrace ${layer.toLowerCase()}`} aria-label={`${layer} chain`} data-layer={layer}>
			<header>
				<h2>{layer} chain</h2>
				<Pulse chain={chain} />
			</header>
			<p class="role">{ROLE[layer]}</p>
			<Facts list={[
				['Newest block', <b key={chain.best} class="beat">{chain.best.toLocaleString('en')}</b>],
				['Final', chain.final.toLocaleString('en')],
				['Behind', count(Math.max(0, chain.best - chain.final), 'block')],
				['Runtime', chain.version ? `${chain.version.name} ${chain.version.spec}` : '…'],
			]} />
		</article>
	);
}

function Pulse({ chain }: { chain: ChainState }) {
	const now = useClock();
	if (chain.status !== 'ready') {
		return <Tag tone={chain.status === 'connecting' ? 'warn' : 'bad'}>{chain.status}</Tag>;
	}
	const age = now - chain.seenAt;
	if (chain.seenAt > 0 && age > 30_000) return <Tag tone="warn">no block for {formatDuration(age)}</Tag>;
	return <Tag tone="good">live</Tag>;
}

function Lanes({ edge }: { edge: Edge }) {
	const { parent, child } = EDGES[edge];
	const list = flows.value.filter((flow) => flow.edge === edge);
	return (
		<section class="lanes" aria-label={`Lanes between the ${parent} and the ${child} chain`}>
			{LANES.map((name, lane) => (
				<LaneColumn key={name} edge={edge} lane={lane} name={name}
					flow={list.find((flow) => flow.lane === lane)} />
			))}
		</section>
	);
}

function LaneColumn({ edge, lane, name, flow }: { edge: Edge; lane: number; name: string; flow?: LaneFlow }) {
	const mine = travellers.value.filter((one) => one.edge === edge && one.lane === lane);
	return (
		<div class="lane" data-lane={`${edge}-${lane}`}>
			<h3>{name}</h3>
			<div class="tracks" aria-hidden="true">
				{[false, true].map((up) => (
					<div key={String(up)} class={up ? 'track up' : 'track'}>
						{mine.filter((one) => one.up === up).map((one) => (
							<i key={one.key} class={one.arrived ? 'dot arrived' : 'dot'} data-traveller={one.key}
								style={{ '--turn': `${Number(one.nonce % 4n) * 5}px` }} />
						))}
					</div>
				))}
			</div>
			<p class="nonces">
				{flow ? (
					<>
						<span title="Newest message sent down, and received below">
							<span aria-label="down">↓</span> {flow.down.sent.toString()}<Lag of={lag(flow.down)} />
						</span>
						<span title="Newest message sent up, and received above">
							<span aria-label="up">↑</span> {flow.up.sent.toString()}<Lag of={lag(flow.up)} />
						</span>
						{!flow.open && <Tag tone="bad">closed</Tag>}
						{flow.down.deadLetters + flow.up.deadLetters > 0 && (
							<Tag tone="bad">{count(flow.down.deadLetters + flow.up.deadLetters, 'dead letter')}</Tag>
						)}
					</>
				) : '–'}
			</p>
		</div>
	);
}

function Lag({ of }: { of: bigint }) {
	if (of === 0n) return <small class="ok"> in step</small>;
	return <small class="late"> {of.toString()} on the way</small>;
}

function Windows() {
	const ready = chains.Contract.value.status === 'ready' && chains.Proof.value.status === 'ready';
	const found = useLoaded(async () => {
		if (!ready) return undefined;
		const [chain, open, all] = await Promise.all([proofChains(), openWindow(), providers()]);
		return { chain: chain.find(({ chain }) => chain === chains.Proof.value.id), open, all };
	}, [ready], 4_000);
	const now = chains.Proof.value.best;
	const { chain, open, all } = found.data ?? {};
	const share = open ? (100 * (now - open.openedAt)) / Math.max(1, open.closesAt - open.openedAt) : 0;
	const counts = tally();
	return (
		<section class="card" aria-labelledby="windows">
			<h2 id="windows">Windows</h2>
			<Trouble problem={found.problem} />
			{!chain && !found.problem && <Empty>Waiting for the contract and the proof chain…</Empty>}
			{chain && open && (
				<>
					<p>
						Window <b>{open.window}</b> is open on the proof chain
						{' '}(block {now} of {open.closesAt}); windows below <b>{chain.reported}</b> are settled.
					</p>
					<Bar share={share} label={`Window ${open.window} is ${Math.min(100, Math.round(share))} % over`} />
					<Facts list={[
						['Not settled yet', count(Math.max(0, open.window - chain.reported), 'window')],
						['Proven lately', <Tag tone="good">{count(counts.proven, 'proof')}</Tag>],
						['Faulted lately', <Tag tone={counts.faults > 0 ? 'bad' : 'calm'}>{count(counts.faults, 'leg')}</Tag>],
						['Room for proofs', `${formatBytes(chain.booked)} of ${formatBytes(chain.capacity)}`],
						['Providers', count(all?.length ?? 0, 'provider')],
						['A window lasts', formatDuration(Number(chain.windowMs))],
					]} />
					{chain.stalledAt !== null && <Tag tone="bad">stalled since block {chain.stalledAt}</Tag>}
					{chain.overdue && <Tag tone="warn">reports are late</Tag>}
				</>
			)}
		</section>
	);
}

/** Proofs and faults in what was read so far. */
function tally(): { proven: number; faults: number } {
	let proven = 0;
	let faults = 0;
	for (const one of history.value) {
		const { name, fields } = one;
		if (name === 'proofVerification.ProofsAccepted') {
			proven += provenSlots(one);
		} else if (name === 'storageContracts.ReportApplied') {
			faults += Number(fields['faults']) + Number(fields['outages']);
		}
	}
	return { proven, faults };
}

type Teller = (f: Record<string, unknown>, one: Happening) => string;

const TOLD: Record<string, Teller> = {
	'storageContracts.ContractProposed': (f) => `Contract ${f['id']} was proposed`,
	'storageContracts.ContractAccepted': (f) => `Contract ${f['id']} was accepted`,
	'storageContracts.ContractClosed': (f) => `Contract ${f['id']} was closed`,
	'storageContracts.ContractEnding': (f) => `Contract ${f['id']} ends early`,
	'storageContracts.BatchSent': (f) => `${count(Number(f['legs']), 'leg')} left for the proof chain`,
	'storageContracts.ReportApplied': (f) =>
		`Window ${f['window']} was settled: ${Number(f['faults']) + Number(f['outages']) > 0
			? `${Number(f['faults'])} faults, ${Number(f['outages'])} outages` : 'nothing was missed'}`,
	'storageContracts.LegFaulted': (f) => `Contract ${f['contract']} was not proven in window ${f['window']}`,
	'storageContracts.Claimed': (f) => `A provider was paid ${formatAmount(f['amount'] as string)}`,
	'storageContracts.ProofChainStalled': () => 'The proof chain was flagged as stalled',
	'proofVerification.WindowOpened': (f) => `Window ${f['window']} opened`,
	'proofVerification.ProofsAccepted': (f, one) =>
		`${count(provenSlots(one), 'proof')} accepted in window ${f['window']}`,
	'proofVerification.ReportSent': (f) => `The report of window ${f['window']} left for the contract chain`,
	'crossLayer.MessageDispatched': (f) =>
		`${LANES[Number(f['lane'])] ?? 'Unknown'} message ${f['nonce']} arrived from ${short(String(f['chain']))}`,
	'crossLayer.MessageFailed': (f) => `Message ${f['nonce']} failed and waits as a dead letter`,
	'crossLayer.TransferredDown': (f) => `${formatAmount(f['amount'] as string)} left for below`,
	'crossLayer.TransferredUp': (f) => `${formatAmount(f['amount'] as string)} left for above`,
	'crossLayer.Credited': (f) => `${formatAmount(f['amount'] as string)} arrived`,
};

function told(one: Happening): string | undefined {
	return TOLD[one.name]?.(one.fields, one);
}

function Feed() {
	const lines = history.value
		.filter((one) => one.name in TOLD)
		.slice(-14)
		.reverse();
	return (
		<section class="card" aria-labelledby="feed">
			<h2 id="feed">Lately</h2>
			{lines.length === 0 && <Empty>Nothing happened yet since this page was opened.</Empty>}
			<ol class="feed">
				{lines.map((one) => (
					<li key={`${one.hash}/${one.index}`}>
						<Tag>{one.layer} {one.block}</Tag> {told(one)}
					</li>
				))}
			</ol>
		</section>
	);
}

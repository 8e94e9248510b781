// SPDX-License-Identifier: Apache-2.0
// Who is registered with whom, with what bond, and whether they keep up.

import { chains, type ChainState } from '../chain/connect';
import { EDGES, lag, LANES } from '../chain/flow';
import { flows, peers } from '../chain/lanes';
import { proofChains } from '../chain/market';
import type { Neighbour, ProofChain } from '../chain/views';
import { LAYERS } from '../config';
import { count, formatBytes, formatDuration, percent, type Num } from '../format';
import { Amount, Bar, Code, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';

/** Time between two blocks in milliseconds. */
const BLOCK = 2_000;

export function Chains() {
	return (
		<>
			<p class="lead">A chain is believed by its neighbours only as far as it is proven.</p>
			{LAYERS.map((layer) => <ChainCard key={layer} chain={chains[layer].value} />)}
			<LaneTable />
			<ProofChains />
		</>
	);
}

function ChainCard({ chain }: { chain: ChainState }) {
	const list = peers.value[chain.layer];
	return (
		<section class="card" aria-labelledby={`chain-${chain.layer}`}>
			<header>
				<h2 id={`chain-${chain.layer}`}>{chain.layer} chain</h2>
				{chain.id && <Code text={chain.id} side={8} label="chain id" />}
			</header>
			<Facts list={[
				['Name', chain.name ?? '…'],
				['Node', chain.url],
				['Newest block', chain.best.toLocaleString('en')],
				['Final', chain.final.toLocaleString('en')],
			]} />
			<h3>Neighbours</h3>
			{!list && <Empty>{chain.status === 'ready' ? 'Asking…' : 'Not connected.'}</Empty>}
			{list?.length === 0 && <Empty>It has none yet.</Empty>}
			<div class="grid">
				{list?.map((peer) => <Peer key={peer.chain} peer={peer} best={chain.best} />)}
			</div>
		</section>
	);
}

function Peer({ peer, best }: { peer: Neighbour; best: number }) {
	const quiet = Math.max(0, best - peer.lastProgressAt) * BLOCK;
	const tone = peer.status === 'Active' ? 'good' : peer.status === 'Draining' ? 'warn' : 'bad';
	return (
		<article class="card" data-neighbour={peer.chain}>
			<header>
				<b>{peer.relation === 'Parent' ? 'Parent' : 'Child'}: {peer.layer} chain</b>
				<Tag tone={tone}>{peer.status.toLowerCase()}</Tag>
			</header>
			<p><Code text={peer.chain} side={8} label="chain id" /></p>
			<Facts list={[
				...(peer.relation === 'Child' ? [['Bond', <Amount of={peer.bond} />] as [string, preact.ComponentChild]] : []),
				['Its newest block known here', peer.bestNumber.toLocaleString('en')],
				['Heard of', quiet < 2 * BLOCK ? 'just now' : `${formatDuration(quiet)} ago`],
				['Expires', `in ${formatDuration(Math.max(0, peer.expiresAt - best) * BLOCK)} without a sign`],
				['Authority set', String(peer.setId)],
				['Incarnation', peer.incarnation],
			]} />
			<Blockers of={peer.blockers} />
		</article>
	);
}

/** What keeps it from being closed. */
function Blockers({ of }: { of: Record<string, unknown> }) {
	const said = Object.entries(of)
		.filter(([, value]) => value !== false && value !== null && value !== 0 && BigIntSafe(value) !== 0n)
		.map(([name]) => name.replace(/([A-Z])/g, ' $1').toLowerCase());
	if (said.length === 0) return null;
	return <p class="fine">It cannot be closed because of: {said.join(', ')}.</p>;
}

function BigIntSafe(value: unknown): bigint {
	try {
		return BigInt(value as Num);
	} catch {
		return 1n;
	}
}

function LaneTable() {
	return (
		<section class="card" aria-labelledby="lanes">
			<h2 id="lanes">Lanes</h2>
			<div class="scroll">
				<table>
					<thead>
						<tr><th>Lane</th><th>Way</th><th>Sent</th><th>Received</th><th>Acknowledged</th><th>Lag</th><th>Dead letters</th></tr>
					</thead>
					<tbody>
						{flows.value.flatMap(({ edge, lane, down, up }) => ([[down, false], [up, true]] as const).map(([flow, rises]) => {
							const { parent, child } = EDGES[edge];
							return (
								<tr key={`${edge}${lane}${rises}`}>
									<th scope="row">{LANES[lane]}</th>
									<td>{rises ? `${child} to ${parent}` : `${parent} to ${child}`}</td>
									<td>{flow.sent.toString()}</td>
									<td>{flow.received.toString()}</td>
									<td>{flow.acked.toString()}</td>
									<td>{lag(flow).toString()}</td>
									<td>{flow.deadLetters}</td>
								</tr>
							);
						}))}
					</tbody>
				</table>
			</div>
			{flows.value.length === 0 && <Empty>No lane is known yet.</Empty>}
		</section>
	);
}

function ProofChains() {
	const ready = chains.Contract.value.status === 'ready';
	const found = useLoaded(async () => (ready ? proofChains() : undefined), [ready], 6_000);
	return (
		<section class="card" aria-labelledby="proof-chains">
			<h2 id="proof-chains">Proof chains that contracts may use</h2>
			<Trouble problem={found.problem} />
			{found.data?.length === 0 && <Empty>None is registered yet.</Empty>}
			<div class="grid">{found.data?.map((one) => <ProofCard key={one.chain} one={one} />)}</div>
		</section>
	);
}

function ProofCard({ one }: { one: ProofChain }) {
	return (
		<article class="card">
			<header>
				<Code text={one.chain} side={8} label="chain id" />
				{one.stalledAt !== null ? <Tag tone="bad">stalled since block {one.stalledAt}</Tag>
					: one.overdue ? <Tag tone="warn">late</Tag> : <Tag tone="good">reports in time</Tag>}
			</header>
			<Bar share={percent(one.booked, one.capacity)}
				label={`${formatBytes(one.booked)} of ${formatBytes(one.capacity)} of proofs booked`} />
			<Facts list={[
				['Windows settled', `below ${one.reported}`],
				['Now about window', one.estimate],
				['A window lasts', formatDuration(Number(one.windowMs))],
				['Proofs booked', `${formatBytes(one.booked)} of ${formatBytes(one.capacity)}`],
				['Fee for a byte', <Amount of={one.feePerByte} />],
				['Batches', `${one.applied} of ${one.sent} applied`],
				['Reports for', count(one.streams, 'provider')],
			]} />
		</article>
	);
}

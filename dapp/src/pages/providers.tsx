// SPDX-License-Identifier: Apache-2.0
// Who stores, at what price, with how much at stake, and how well.

import { chains } from '../chain/connect';
import { proofChains, providers, stream } from '../chain/market';
import type { Provider, Stream } from '../chain/views';
import { count, formatBytes, percent, short } from '../format';
import { endpointUrl, health } from '../provider/http';
import { Amount, Bar, Code, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';

export function Providers() {
	const ready = chains.Contract.value.status === 'ready';
	const found = useLoaded(async () => {
		if (!ready) return undefined;
		const [all, below] = await Promise.all([providers(), proofChains()]);
		const streams = await Promise.all(all.map(async ({ who }) => {
			const reads = below.map(async ({ chain }) => ({ chain, stream: await stream(who, chain) }));
			return (await Promise.all(reads)).filter((one) => one.stream !== null);
		}));
		return all.map((provider, index) => ({ provider, streams: streams[index] ?? [] }));
	}, [ready], 10_000);
	return (
		<>
			<p class="lead">Each puts collateral at stake for what it keeps, and is paid only for proven windows.</p>
			<Trouble problem={found.problem} />
			{!found.data && !found.problem && <Empty>Asking the contract chain…</Empty>}
			{found.data?.length === 0 && <Empty>No provider is registered yet.</Empty>}
			<div class="grid">
				{found.data?.map(({ provider, streams }) => (
					<Card key={provider.who} provider={provider} streams={streams as Record[]} />
				))}
			</div>
		</>
	);
}

interface Record {
	chain: string;
	stream: Stream;
}

function Card({ provider, streams }: { provider: Provider; streams: Record[] }) {
	const { offer } = provider;
	const endpoint = endpointUrl(offer.endpoint);
	const used = percent(provider.used, offer.capacity);
	const free = BigInt(provider.collateral) - BigInt(provider.required);
	return (
		<article class="card" data-provider={provider.who}>
			<header>
				<h2><Code text={provider.who} label="account" /></h2>
				<State provider={provider} />
			</header>
			<p>{endpoint ? <Reached endpoint={endpoint} who={provider.who} /> : <Tag tone="bad">no usable address</Tag>}</p>
			<Bar share={used} label={`${formatBytes(provider.used)} of ${formatBytes(offer.capacity)} taken`} />
			<Facts list={[
				['Price of a GiB and window', <Amount of={offer.price} />],
				['Room', `${formatBytes(BigInt(offer.capacity) - BigInt(provider.used))} of ${formatBytes(offer.capacity)}`],
				['Windows', `${offer.minWindows} to ${offer.maxWindows.toLocaleString('en')}`],
				['Collateral', <Amount of={provider.collateral} />],
				['not yet at stake', <Amount of={free > 0n ? free : 0n} />],
				['Penalties that may come', count(provider.cases, 'case')],
			]} />
			<h3>Record</h3>
			{streams.length === 0 && <Empty>It has proven nothing yet.</Empty>}
			{streams.map(({ chain, stream }) => <RecordOf key={chain} chain={chain} stream={stream} />)}
		</article>
	);
}

function State({ provider }: { provider: Provider }) {
	if (provider.exitingSince !== null) return <Tag tone="warn">leaving since block {provider.exitingSince}</Tag>;
	if (provider.probationSince !== null) return <Tag tone="bad">on probation since block {provider.probationSince}</Tag>;
	return provider.accepting ? <Tag tone="good">takes contracts</Tag> : <Tag tone="warn">takes no new contracts</Tag>;
}

function Reached({ endpoint, who }: { endpoint: string; who: string }) {
	const found = useLoaded(() => health(endpoint), [endpoint], 20_000);
	const other = found.data && found.data.provider !== who;
	return (
		<>
			<a href={`${endpoint}/health`} rel="noreferrer">{endpoint}</a>{' '}
			{found.data && !other && <Tag tone="good">answers</Tag>}
			{other && <Tag tone="bad">another provider answers there</Tag>}
			{found.problem && <Tag tone="bad">not reachable</Tag>}
			{found.loading && <Tag>asking…</Tag>}
		</>
	);
}

function RecordOf({ chain, stream }: { chain: string; stream: Stream }) {
	return (
		<>
			<p>
				{stream.deadFrom !== null ? <Tag tone="bad">dead from window {stream.deadFrom}</Tag>
					: stream.run > 0 ? <Tag tone="bad">out for {count(stream.run, 'window')} in a row</Tag>
					: stream.cases > 0 ? <Tag tone="warn">{count(stream.cases, 'fault or outage', 'faults or outages')} pending</Tag>
					: <Tag tone="good">no fault pending</Tag>}
			</p>
			<Facts list={[
				['Proof chain', short(chain, 8)],
				['Earned so far', <Amount of={BigInt(stream.claimed) + BigInt(stream.claimable)} />],
				['to be claimed', <Amount of={stream.claimable} />],
				['Counted up to window', stream.counted],
			]} />
		</>
	);
}

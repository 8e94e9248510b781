// SPDX-License-Identifier: Apache-2.0
// Stores a file: hash, choose, sign, upload, watch.

import { useRef, useState } from 'preact/hooks';
import { account } from '../chain/accounts';
import { apiOf, chains } from '../chain/connect';
import { contract, preflight, proofChains, providers, quote } from '../chain/market';
import { call, event, submit, type Step } from '../chain/submit';
import type { Contract, ProofChain, Provider, Quote, Terms, Variant } from '../chain/views';
import { count, formatBytes, formatDuration, short } from '../format';
import { hashFile } from '../hash/client';
import { endpointUrl, health, upload } from '../provider/http';
import { fail, problemOf, type Problem } from '../problem';
import { forgetUpload, keepUpload } from '../provider/pending';
import { Amount, Bar, Code, Empty, Facts, Progress, Tag, Trouble, useLoaded } from '../ui/parts';
import { obstacle } from '../words';

interface Hashed {
	file: File;
	root: string;
}

interface Wish {
	provider?: Provider;
	chain?: string;
	windows: number;
	interval: number;
}

type Stage =
	| { at: 'choosing' }
	| { at: 'signing'; step: Step }
	| { at: 'uploading'; sent: number; note?: string }
	| { at: 'waiting' }
	| { at: 'active'; contract: Contract };

export function Store() {
	const [hashed, setHashed] = useState<Hashed>();
	const [wish, setWish] = useState<Wish>({ windows: 10, interval: 1 });
	const [stage, setStage] = useState<Stage>({ at: 'choosing' });
	const [problem, setProblem] = useState<Problem>();
	const stop = useRef<AbortController | undefined>(undefined);
	const busy = stage.at !== 'choosing' && stage.at !== 'active';

	const store = async (offered: Quote, terms: Terms): Promise<void> => {
		setProblem(undefined);
		stop.current = new AbortController();
		try {
			await place({ hashed, wish, terms, offered, tell: setStage, stop: stop.current.signal });
		} catch (error) {
			setProblem(problemOf(error));
			setStage({ at: 'choosing' });
		}
	};
	return (
		<>
			<p class="lead">Pick a file, choose who keeps it, and watch every window of it being proven.</p>
			<ol class="steps">
				<li><FileStep hashed={hashed} onHashed={setHashed} locked={busy} /></li>
				<li><ChoiceStep size={hashed?.file.size} wish={wish} onWish={setWish} locked={busy} /></li>
				<li>
					<ConfirmStep hashed={hashed} wish={wish} busy={busy} onStore={store} />
					<Trouble problem={problem} />
					<Journey stage={stage} size={hashed?.file.size ?? 0} onStop={() => stop.current?.abort()} />
				</li>
			</ol>
		</>
	);
}

function FileStep({ hashed, onHashed, locked }: {
	hashed?: Hashed; onHashed(found?: Hashed): void; locked: boolean;
}) {
	const [done, setDone] = useState<{ name: string; done: number; size: number }>();
	const [problem, setProblem] = useState<Problem>();
	const [over, setOver] = useState(false);
	const running = useRef<AbortController | undefined>(undefined);
	const take = async (file: File | undefined): Promise<void> => {
		if (!file || locked) return;
		running.current?.abort();
		const mine = new AbortController();
		running.current = mine;
		setProblem(undefined);
		onHashed(undefined);
		if (file.size === 0) {
			setProblem(fail('file', 'The file is empty', 'Pick one with something in it.').problem);
			return;
		}
		setDone({ name: file.name, done: 0, size: file.size });
		try {
			const root = await hashFile(file, (done) => {
				if (!mine.signal.aborted) setDone({ name: file.name, done, size: file.size });
			}, mine.signal);
			if (!mine.signal.aborted) onHashed({ file, root });
		} catch (error) {
			if (!mine.signal.aborted) setProblem(problemOf(error));
		} finally {
			if (!mine.signal.aborted) setDone(undefined);
		}
	};
	return (
		<section class="card" aria-labelledby="file-title">
			<h2 id="file-title">1. The file</h2>
			<label class={over ? 'drop over' : 'drop'}
				onDragOver={(event) => { event.preventDefault(); setOver(true); }}
				onDragLeave={() => setOver(false)}
				onDrop={(event) => {
					event.preventDefault();
					setOver(false);
					void take(event.dataTransfer?.files[0]);
				}}>
				<span><b>Pick a file</b> or drop it here</span>
				<input type="file" disabled={locked} onChange={(event) => void take(event.currentTarget.files?.[0])} />
			</label>
			{done && <Progress label={`Hashing ${done.name}`} done={done.done} total={done.size} />}
			<Trouble problem={problem} />
			{hashed && (
				<Facts list={[
					['File', hashed.file.name],
					['Size', formatBytes(hashed.file.size)],
					['Content id', <Code text={hashed.root} side={10} label="content id" />],
				]} />
			)}
			<p class="fine">
				The content id is the file's BLAKE3 hash, as <code>b3sum</code> prints it. Stored files can be read
				by whoever knows their id: encrypt what is private first.
			</p>
		</section>
	);
}

function ChoiceStep({ size, wish, onWish, locked }: {
	size?: number; wish: Wish; onWish(wish: Wish): void; locked: boolean;
}) {
	const ready = chains.Contract.value.status === 'ready';
	const found = useLoaded(async () => {
		if (!ready) return undefined;
		const [all, below] = await Promise.all([providers(), proofChains()]);
		return { all: sorted(all), below };
	}, [ready], 15_000);
	const { all = [], below = [] } = found.data ?? {};
	const chain = wish.chain ?? below[0]?.chain;
	const chosen = below.find((one) => one.chain === chain);
	return (
		<section class="card" aria-labelledby="choice-title">
			<h2 id="choice-title">2. The provider and the terms</h2>
			<Trouble problem={found.problem} />
			{found.data && all.length === 0 && <Empty>No provider is registered yet.</Empty>}
			{!found.data && !found.problem && <Empty>Asking the contract chain for offers…</Empty>}
			<fieldset class="choices" disabled={locked}>
				<legend>Provider</legend>
				{all.map((provider) => (
					<ProviderChoice key={provider.who} provider={provider} size={size}
						chosen={wish.provider?.who === provider.who}
						onChoose={() => onWish({ ...wish, provider })} />
				))}
			</fieldset>
			<fieldset class="terms" disabled={locked}>
				<legend>Terms</legend>
				<Terms wish={wish} onWish={onWish} chain={chosen} />
				{below.length > 1 && (
					<label>
						Proof chain
						<select value={chain} onChange={(event) => onWish({ ...wish, chain: event.currentTarget.value })}>
							{below.map(({ chain }) => <option key={chain} value={chain}>{short(chain, 10)}</option>)}
						</select>
					</label>
				)}
			</fieldset>
		</section>
	);
}

/** Those that take contracts first, then cheapest first. */
function sorted(all: Provider[]): Provider[] {
	return all.toSorted((a, b) =>
		Number(b.accepting) - Number(a.accepting) || Number(BigInt(a.offer.price) - BigInt(b.offer.price)),
	);
}

function ProviderChoice({ provider, size, chosen, onChoose }: {
	provider: Provider; size?: number; chosen: boolean; onChoose(): void;
}) {
	const { offer } = provider;
	const free = BigInt(offer.capacity) - BigInt(provider.used);
	const full = size !== undefined && free < BigInt(size);
	return (
		<label class={chosen ? 'choice chosen' : 'choice'}>
			<input type="radio" name="provider" checked={chosen} onChange={onChoose} value={provider.who} />
			<span>
				<b>{short(provider.who, 8)}</b>
				<small>{endpointUrl(offer.endpoint) ?? 'no usable address'}</small>
				<small>
					<Amount of={offer.price} /> for a GiB and window · {formatBytes(free)} free
				</small>
				{!provider.accepting && <Tag tone="warn">takes no new contracts</Tag>}
				{full && <Tag tone="warn">too little room</Tag>}
			</span>
		</label>
	);
}

function Terms({ wish, onWish, chain }: { wish: Wish; onWish(wish: Wish): void; chain?: ProofChain }) {
	const offer = wish.provider?.offer;
	const whole = (text: string): number => Math.max(1, Math.floor(Number(text)) || 1);
	return (
		<>
			<label>
				Windows to pay for
				<input type="number" inputMode="numeric" min={offer?.minWindows ?? 1} max={offer?.maxWindows}
					value={wish.windows} aria-describedby="windows-help"
					onInput={(event) => onWish({ ...wish, windows: whole(event.currentTarget.value) })} />
				<small id="windows-help">
					{chain && `about ${formatDuration(wish.windows * Number(chain.windowMs))}`}
					{offer && `; it offers ${offer.minWindows} to ${count(offer.maxWindows, 'window')}`}
				</small>
			</label>
			<label>
				Prove it in one window out of
				<input type="number" inputMode="numeric" min={1} value={wish.interval}
					onInput={(event) => onWish({ ...wish, interval: whole(event.currentTarget.value) })} />
				<small>1 is every window; more is cheaper and looks less often</small>
			</label>
		</>
	);
}

function ConfirmStep({ hashed, wish, busy, onStore }: {
	hashed?: Hashed; wish: Wish; busy: boolean; onStore(quote: Quote, terms: Terms): Promise<void>;
}) {
	const who = account.value?.address;
	const root = hashed?.root;
	const provider = wish.provider?.who;
	const found = useLoaded(async () => {
		if (!hashed || !provider) return undefined;
		const chain = wish.chain ?? (await proofChains())[0]?.chain;
		if (!chain) throw fail('refused', 'No proof chain is registered', 'Wait until one is.');
		return price(hashed, provider, chain, wish, who);
	}, [root, provider, wish.chain, wish.windows, wish.interval, who], 8_000);
	const answer = found.data;
	const missing = [
		!hashed && 'pick a file',
		!provider && 'choose a provider',
		!who && 'choose an account at the top',
	].filter(Boolean);
	const able = answer?.quote && answer.obstacles.length === 0 && missing.length === 0 && !busy;
	return (
		<section class="card" aria-labelledby="confirm-title" aria-busy={found.loading}>
			<h2 id="confirm-title">3. The price, and your signature</h2>
			<Trouble problem={found.problem} />
			{answer?.quote && <Price quote={answer.quote} windows={wish.windows} />}
			{answer && <Obstacles list={answer.obstacles} />}
			{missing.length > 0 && <p role="status">To go on, {missing.join(', ')}.</p>}
			<button type="button" class="main" disabled={!able}
				onClick={() => answer?.quote && void onStore(answer.quote, answer.terms)}>
				{busy ? 'Working…' : 'Sign and store'}
			</button>
		</section>
	);
}

function Price({ quote, windows }: { quote: Quote; windows: number }) {
	return (
		<Facts list={[
			['A window costs', <Amount of={quote.rate} />],
			['of that to the proof chain', <Amount of={quote.fee} />],
			[`Set aside for ${count(windows, 'window')}`, <b><Amount of={quote.escrow} /></b>],
			['The provider puts at stake', <Amount of={quote.collateral} />],
			['First window', `${quote.start} or later`],
		]} />
	);
}

function Obstacles({ list }: { list: Variant[] }) {
	if (list.length === 0) return <p role="status"><Tag tone="good">nothing stands in the way</Tag></p>;
	return (
		<div class="trouble" role="alert" data-kind="refused">
			<strong>This contract is not possible yet</strong>
			<ul>{list.map((one) => <li key={JSON.stringify(one)}>{obstacle(one)}</li>)}</ul>
		</div>
	);
}

interface Priced {
	terms: Terms;
	quote: Quote | null;
	obstacles: Variant[];
}

/** No rate is above this; used until the real one is known. */
const ANY_RATE = (1n << 128n) - 1n;

async function price(
	hashed: Hashed,
	provider: string,
	proofChain: string,
	wish: Wish,
	who: string | undefined,
): Promise<Priced> {
	const { windows, interval } = wish;
	const size = BigInt(hashed.file.size);
	const terms = { proofChain, root: `0x${hashed.root}`, size, windows, interval, maxRate: ANY_RATE };
	const offered = await quote(provider, terms);
	// What is signed allows no higher rate than the one that is shown.
	const fixed = { ...terms, maxRate: offered ? BigInt(offered.rate) : ANY_RATE };
	// Without an account the provider stands in: money is no obstacle to tell of then.
	const obstacles = await preflight(who ?? provider, provider, fixed);
	const told = who ? obstacles : obstacles.filter((one) => !('fundsShort' in one));
	return { terms: fixed, quote: offered, obstacles: told };
}

interface Placing {
	hashed?: Hashed;
	wish: Wish;
	terms: Terms;
	offered: Quote;
	tell(stage: Stage): void;
	stop: AbortSignal;
}

async function place({ hashed, wish, terms, tell, stop }: Placing): Promise<void> {
	const mine = account.value;
	const endpoint = wish.provider && endpointUrl(wish.provider.offer.endpoint);
	if (!hashed || !wish.provider || !mine) return;
	if (!endpoint) throw fail('provider-down', 'The provider has no usable address', 'Choose another one.');
	// A provider that is down is better noticed before money is set aside.
	await health(endpoint);
	const api = await apiOf('Contract');
	const tx = call(api, 'storageContracts', 'propose', wish.provider.who, terms);
	const done = await submit(api, tx, mine, (step) => tell({ at: 'signing', step }), 'final');
	const id = Number(event(done, 'storageContracts', 'ContractProposed')?.['id']);
	keepUpload({ contract: id, root: hashed.root, name: hashed.file.name });
	tell({ at: 'uploading', sent: 0 });
	await upload({ endpoint, contract: id, root: hashed.root, file: hashed.file }, {
		progress: (sent) => tell({ at: 'uploading', sent }),
		waiting: (reason, attempt) => tell({ at: 'uploading', sent: 0, note: `${reason}; attempt ${attempt + 1} follows.` }),
	}, stop);
	tell({ at: 'waiting' });
	tell({ at: 'active', contract: await accepted(id, stop) });
	forgetUpload(id);
}

async function accepted(id: number, stop: AbortSignal): Promise<Contract> {
	for (;;) {
		const view = await contract(id);
		if (view && view.state !== 'Proposed') return view;
		if (!view) {
			throw fail('refused', 'The contract was refused', 'Choose another provider.',
				'The provider rejected the proposal, or it expired; your money is free again.');
		}
		if (stop.aborted) throw fail('refused', 'Watching was stopped', 'See My contracts.');
		await new Promise((resolve) => setTimeout(resolve, 1_500));
	}
}

const SAID: Record<Step, string> = {
	signing: 'Waiting for your signature…',
	sent: 'Sent; waiting for a block…',
	included: 'In a block; waiting until it is final…',
	final: 'Final.',
};

function Journey({ stage, size, onStop }: { stage: Stage; size: number; onStop(): void }) {
	return (
		<div class="journey" role="status" aria-live="polite" data-stage={stage.at}>
			{stage.at === 'signing' && <p>{SAID[stage.step]}</p>}
			{stage.at === 'uploading' && (
				<>
					<Progress label="Uploading to the provider" done={stage.sent} total={size} />
					{stage.note && <p>{stage.note}</p>}
					<button type="button" class="quiet" onClick={onStop}>Stop</button>
				</>
			)}
			{stage.at === 'waiting' && <p>The provider has the file; waiting until it accepts…</p>}
			{stage.at === 'active' && <Active found={stage.contract} />}
		</div>
	);
}

function Active({ found }: { found: Contract }) {
	return (
		<div class="card done">
			<h2>Contract {found.id} is active</h2>
			<p>
				The file is with its provider, who has put <Amount of={found.collateral} /> at stake. Its proof
				begins with the next window the proof chain opens.
			</p>
			<Bar share={100} label="stored" />
			<p><a class="button" href="#/contracts">Watch it under My contracts</a></p>
		</div>
	);
}

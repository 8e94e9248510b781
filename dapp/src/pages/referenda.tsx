// SPDX-License-Identifier: Apache-2.0
// What is being decided on the main chain, and how to vote on it.

import { useState } from 'preact/hooks';
import { account, needAccount } from '../chain/accounts';
import { apiOf, chains } from '../chain/connect';
import { governed, referenda, type Ongoing, type Referendum } from '../chain/referenda';
import { call, submit, type Step } from '../chain/submit';
import { big, exactAmount, formatDuration, parseAmount, short } from '../format';
import { fail, problemOf, type Problem } from '../problem';
import { Amount, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';

/** Time between two blocks in milliseconds. */
const BLOCK = 2_000;

export function Referenda() {
	const who = account.value?.address;
	const version = chains.Main.value.version?.spec;
	const found = useLoaded(async () => {
		const api = await apiOf('Main');
		return governed(api) ? referenda(api, who) : null;
	}, [who, version], 6_000);
	if (found.data === null) {
		return (
			<section class="card" data-governance="absent">
				<h2>Referenda</h2>
				<p>
					This main chain has no referenda: its runtime{' '}
					{version !== undefined && <>(version {version})</>} comes without the pallets for voting. There is
					nothing to vote on until an upgrade brings them.
				</p>
			</section>
		);
	}
	const open = found.data?.filter(({ ongoing }) => ongoing) ?? [];
	const past = found.data?.filter(({ ongoing }) => !ongoing) ?? [];
	return (
		<section aria-labelledby="referenda" data-governance="present">
			<h2 id="referenda">Referenda</h2>
			<Trouble problem={found.problem} />
			{!found.data && !found.problem && <Empty>Asking the main chain…</Empty>}
			{found.data && open.length === 0 && <Empty>Nothing is being decided now.</Empty>}
			{open.map((one) => <Card key={one.index} one={one} again={found.again} />)}
			{past.length > 0 && (
				<details>
					<summary>Decided before ({past.length})</summary>
					<ul>{past.map(({ index, outcome }) => <li key={index}>Referendum {index}: {outcome}</li>)}</ul>
				</details>
			)}
		</section>
	);
}

function Card({ one, again }: { one: Referendum; again(): void }) {
	const open = one.ongoing as Ongoing;
	const now = chains.Main.value.best;
	const { ayes, nays, support } = open.tally;
	const all = ayes + nays;
	const share = all > 0n ? Number((ayes * 1000n) / all) / 10 : 0;
	// Of the card, not of its forms: what was done must stay told when the form for it has gone.
	const { send, busy, told } = useSend(again);
	return (
		<article class="card" data-referendum={one.index}>
			<header>
				<h3>Referendum {one.index}: {open.title}</h3>
				<Tag tone={open.confirmingUntil !== null ? 'good' : 'calm'}>{stageOf(open, now)}</Tag>
			</header>
			{open.call && (
				<details>
					<summary>What it would do</summary>
					<div class="scroll"><pre><code>{open.call}</code></pre></div>
				</details>
			)}
			<div class="split" role="img" aria-label={`${share} % ayes`}>
				{all > 0n && <><div class="aye" style={{ width: `${share}%` }} /><div class="nay" style={{ width: `${100 - share}%` }} /></>}
			</div>
			<Facts list={[
				['Aye', <Amount of={ayes} />],
				['Nay', <Amount of={nays} />],
				['Tokens in support', <Amount of={support} />],
				['Track', open.track],
				['By', short(open.submitter, 6)],
				['Your vote', one.mine ?? 'none'],
			]} />
			{open.needsDeposit && <Deposit index={one.index} amount={open.decisionDeposit} send={send} busy={busy} />}
			<Vote index={one.index} send={send} busy={busy} />
			{told}
		</article>
	);
}

function stageOf(open: Ongoing, now: number): string {
	const left = (until: number): string => formatDuration(Math.max(0, until - now) * BLOCK);
	if (open.confirmingUntil !== null) return `passes in ${left(open.confirmingUntil)} if it stays so`;
	if (open.decidingSince !== null) return `deciding, at most ${left(open.decidingSince + open.decisionPeriod)} more`;
	if (open.needsDeposit) return 'waits for its decision deposit';
	return `preparing, ${left(open.submitted + open.preparePeriod)}`;
}

const STEPS: Record<Step, string> = {
	signing: 'Waiting for your signature…', sent: 'Sent…', included: 'In a block.', final: 'Final.',
};

/** Sends a call to the main chain; `done` is told once it is in a block. */
type Send = (done: string, pallet: string, name: string, args: () => unknown[]) => Promise<void>;

/** One transaction on the main chain at a time, with what is told of it. */
function useSend(again: () => void) {
	const [said, setSaid] = useState<string>();
	const [problem, setProblem] = useState<Problem>();
	const [busy, setBusy] = useState(false);
	const send: Send = async (done, pallet, name, args) => {
		setBusy(true);
		setProblem(undefined);
		try {
			const mine = needAccount();
			const api = await apiOf('Main');
			await submit(api, call(api, pallet, name, ...args()), mine, (step) => setSaid(STEPS[step]));
			setSaid(done);
			again();
		} catch (error) {
			setSaid(undefined);
			setProblem(problemOf(error));
		} finally {
			setBusy(false);
		}
	};
	const told = (
		<>
			<p role="status" aria-live="polite">{said}</p>
			<Trouble problem={problem} />
		</>
	);
	return { send, busy, told };
}

interface Form {
	index: number;
	send: Send;
	busy: boolean;
}

function Deposit({ index, amount, send, busy }: Form & { amount: bigint }) {
	return (
		<div>
			<p>It is decided only after somebody puts down a deposit, which comes back.</p>
			<button type="button" class="quiet" disabled={busy}
				onClick={() => void send('The deposit is placed.', 'referenda', 'placeDecisionDeposit', () => [index])}>
				Put down {exactAmount(amount)}
			</button>
		</div>
	);
}

const CONVICTIONS = [
	['None', '0.1 ×, not locked'],
	['Locked1x', '1 ×, locked for 1 period'],
	['Locked2x', '2 ×, 2 periods'],
	['Locked3x', '3 ×, 4 periods'],
	['Locked4x', '4 ×, 8 periods'],
	['Locked5x', '5 ×, 16 periods'],
	['Locked6x', '6 ×, 32 periods'],
] as const;

function Vote({ index, send, busy }: Form) {
	const [amount, setAmount] = useState('10');
	const [conviction, setConviction] = useState('Locked1x');
	const vote = (aye: boolean): void => void send(`Your ${aye ? 'aye' : 'nay'} is counted.`, 'convictionVoting', 'vote', () => {
		const balance = parseAmount(amount);
		if (balance === undefined || big(balance) === 0n) {
			throw fail('balance', 'This is no amount', 'Write it like 12 or 1.5.');
		}
		return [index, { Standard: { vote: { aye, conviction }, balance } }];
	});
	return (
		<form class="terms" onSubmit={(event) => event.preventDefault()} aria-label={`Vote on referendum ${index}`}>
			<label>
				Tokens
				<input inputMode="decimal" value={amount} onInput={(event) => setAmount(event.currentTarget.value)} />
			</label>
			<label>
				Weight
				<select value={conviction} onChange={(event) => setConviction(event.currentTarget.value)}>
					{CONVICTIONS.map(([name, text]) => <option key={name} value={name}>{text}</option>)}
				</select>
			</label>
			<div class="actions">
				<button type="button" disabled={busy} onClick={() => vote(true)}>Aye</button>
				<button type="button" class="quiet" disabled={busy} onClick={() => vote(false)}>Nay</button>
			</div>
		</form>
	);
}

// SPDX-License-Identifier: Apache-2.0
// What can be done with a contract: fetch, extend, cancel, close, go on uploading.

import { useRef, useState } from 'preact/hooks';
import { needAccount } from '../chain/accounts';
import { apiOf } from '../chain/connect';
import { providers, quote } from '../chain/market';
import { call, submit, type Step } from '../chain/submit';
import type { Contract, Variant } from '../chain/views';
import { count, formatAmount } from '../format';
import { hashFile } from '../hash/client';
import { fail, problemOf, type Problem } from '../problem';
import { download, endpointUrl, plainRoot, upload } from '../provider/http';
import { forgetUpload } from '../provider/pending';
import { Amount, Progress, Trouble, useLoaded } from '../ui/parts';
import { noteName } from '../words';

interface Doing {
	label: string;
	done?: number;
	total?: number;
}

const STEPS: Record<Step, string> = {
	signing: 'Waiting for your signature…',
	sent: 'Sent; waiting for a block…',
	included: 'In a block.',
	final: 'Final.',
};

async function endpointOf(contract: Contract): Promise<string> {
	const provider = (await providers()).find(({ who }) => who === contract.provider);
	const endpoint = provider && endpointUrl(provider.offer.endpoint);
	if (!endpoint) {
		throw fail('provider-down', 'The provider has no usable address', 'Ask its operator, or wait for a new offer.');
	}
	return endpoint;
}

export function Actions({ contract, client, notes, again }: {
	contract: Contract; client: boolean; notes: Variant[]; again(): void;
}) {
	const [doing, setDoing] = useState<Doing>();
	const [problem, setProblem] = useState<Problem>();
	const [result, setResult] = useState<string>();
	const [extending, setExtending] = useState(false);
	const stop = useRef<AbortController | undefined>(undefined);
	const can = new Set(notes.map(noteName));

	const run = async (label: string, work: (stop: AbortSignal) => Promise<string>): Promise<void> => {
		setProblem(undefined);
		setResult(undefined);
		setDoing({ label });
		stop.current = new AbortController();
		try {
			setResult(await work(stop.current.signal));
			again();
		} catch (error) {
			setProblem(problemOf(error));
		} finally {
			setDoing(undefined);
		}
	};
	const send = (name: string, done: string, ...args: unknown[]): Promise<void> =>
		run('Preparing…', async () => {
			const mine = needAccount();
			const api = await apiOf('Contract');
			const tx = call(api, 'storageContracts', name, contract.id, ...args);
			await submit(api, tx, mine, (step) => setDoing({ label: STEPS[step] }));
			return done;
		});
	const fetchIt = (): Promise<void> => run('Fetching…', async (signal) => {
		const total = Number(contract.size);
		const endpoint = await endpointOf(contract);
		const blob = await download(endpoint, contract.root, BigInt(contract.size), (done) => {
			setDoing({ label: 'Fetching and checking', done, total });
		}, signal);
		save(blob, plainRoot(contract.root));
		return 'The file came back whole: its BLAKE3 hash is the content id.';
	});
	const goOn = (file: File): Promise<void> => run('Checking the file…', async (signal) => {
		const total = file.size;
		const root = await hashFile(file, (done) => setDoing({ label: 'Hashing', done, total }), signal);
		if (root !== plainRoot(contract.root)) {
			throw fail('file', 'This is another file', 'Pick the one that was proposed.',
				`The contract is about ${plainRoot(contract.root)}, this is ${root}.`);
		}
		const endpoint = await endpointOf(contract);
		await upload({ endpoint, contract: contract.id, root, file }, {
			progress: (done) => setDoing({ label: 'Uploading', done, total }),
			waiting: (reason) => setDoing({ label: `${reason}; it is tried again…` }),
		}, signal);
		forgetUpload(contract.id);
		return 'The provider has the file.';
	});
	const busy = doing !== undefined;
	const proposed = contract.state === 'Proposed';
	return (
		<>
			<div class="actions">
				{!proposed && <button type="button" disabled={busy} onClick={() => void fetchIt()}>Fetch and verify</button>}
				{proposed && client && !can.has('lapsed') && (
					<label class="button">
						Continue the upload
						<input type="file" class="hidden" disabled={busy} onChange={(event) => {
							const file = event.currentTarget.files?.[0];
							if (file) void goOn(file);
						}} />
					</label>
				)}
				{proposed && client && (
					<button type="button" class="quiet" disabled={busy}
						onClick={() => void send('withdraw', 'Withdrawn; your money is free again.')}>Withdraw</button>
				)}
				{contract.state === 'Active' && client && (
					<>
						<button type="button" class="quiet" disabled={busy} aria-expanded={extending}
							onClick={() => setExtending(!extending)}>Extend</button>
						<Confirmed disabled={busy} label="Cancel"
							sure="End it after its notice? What is paid for later windows comes back at once."
							onSure={() => void send('cancel', 'Cancelled; it ends after its notice.')} />
					</>
				)}
				{can.has('mayBeClosed') && (
					<button type="button" disabled={busy}
						onClick={() => void send('close', 'Closed; what was not proven came back.')}>Close</button>
				)}
				{can.has('mayBeEnded') && (
					<button type="button" disabled={busy}
						onClick={() => void send('endFaulty', 'Ended because of its faults.')}>End because of faults</button>
				)}
				{can.has('lapsed') && (
					<button type="button" class="quiet" disabled={busy}
						onClick={() => void send('expire', 'Expired; the money is free again.')}>Expire</button>
				)}
			</div>
			{extending && (
				<Extend contract={contract} disabled={busy} onExtend={(windows, rate) => {
					setExtending(false);
					void send('extend', `Extended by ${count(windows, 'window')}.`, windows, rate);
				}} />
			)}
			<div role="status" aria-live="polite" data-result={result ? 'done' : undefined}>
				{doing?.total !== undefined
					? <Progress label={doing.label} done={doing.done ?? 0} total={doing.total} />
					: doing && <p>{doing.label}</p>}
				{result && <p>{result}</p>}
			</div>
			{doing?.total !== undefined && (
				<button type="button" class="quiet" onClick={() => stop.current?.abort()}>Stop</button>
			)}
			<Trouble problem={problem} />
		</>
	);
}

function Confirmed({ label, sure, disabled, onSure }: {
	label: string; sure: string; disabled: boolean; onSure(): void;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	return (
		<>
			<button type="button" class="quiet" disabled={disabled} onClick={() => dialog.current?.showModal()}>{label}</button>
			<dialog ref={dialog} aria-label={label}>
				<p>{sure}</p>
				<div class="actions">
					<button type="button" onClick={() => { dialog.current?.close(); onSure(); }}>Yes, {label.toLowerCase()}</button>
					<button type="button" class="quiet" onClick={() => dialog.current?.close()}>No</button>
				</div>
			</dialog>
		</>
	);
}

function Extend({ contract, disabled, onExtend }: {
	contract: Contract; disabled: boolean; onExtend(windows: number, rate: bigint): void;
}) {
	const [windows, setWindows] = useState(10);
	const found = useLoaded(() => quote(contract.provider, {
		proofChain: contract.proofChain,
		root: contract.root,
		size: BigInt(contract.size),
		windows,
		interval: contract.interval,
		maxRate: (1n << 128n) - 1n,
	}), [windows, contract.id]);
	const rate = found.data?.rate;
	return (
		<form class="extend" onSubmit={(event) => {
			event.preventDefault();
			if (rate !== undefined) onExtend(windows, BigInt(rate));
		}}>
			<label>
				Windows more
				<input type="number" min={1} value={windows}
					onInput={(event) => setWindows(Math.max(1, Math.floor(Number(event.currentTarget.value)) || 1))} />
			</label>
			<Trouble problem={found.problem} />
			{found.data === null && <p role="status">The provider does not offer this now.</p>}
			{rate !== undefined && (
				<p>
					<Amount of={rate} /> for a window, {formatAmount(BigInt(rate) * BigInt(windows))} in all.
				</p>
			)}
			<button type="submit" disabled={disabled || rate === undefined}>Sign and extend</button>
		</form>
	);
}

function save(blob: Blob, name: string): void {
	const url = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// SPDX-License-Identifier: Apache-2.0
// Which code each layer runs, which is announced, and bringing it.

import { useState } from 'preact/hooks';
import { needAccount } from '../chain/accounts';
import { apiOf, chains } from '../chain/connect';
import { call, submit, type Step } from '../chain/submit';
import { announced, codeHash, type Announcement } from '../chain/upgrades';
import { LAYERS, type Layer } from '../config';
import { formatDuration } from '../format';
import { fail, problemOf, type Problem } from '../problem';
import { Code, Empty, Facts, Tag, Trouble, useLoaded } from '../ui/parts';

/** Time between two blocks in milliseconds. */
const BLOCK = 2_000;

export function Upgrades() {
	return (
		<section aria-labelledby="upgrades">
			<h2 id="upgrades">Upgrades</h2>
			<p class="fine">
				Root announces the hash of new code; from the announced block on anybody may bring the code itself.
			</p>
			<div class="grid">{LAYERS.map((layer) => <Card key={layer} layer={layer} />)}</div>
		</section>
	);
}

function Card({ layer }: { layer: Layer }) {
	const chain = chains[layer].value;
	const spec = chain.version?.spec;
	const found = useLoaded(async () => {
		if (chain.status !== 'ready') return undefined;
		return (await announced(await apiOf(layer))) ?? null;
	}, [layer, chain.status, spec], 6_000);
	return (
		<article class="card" data-upgrade={layer}>
			<header>
				<h3>{layer} chain</h3>
				{chain.version && <Tag>{chain.version.name} {spec}</Tag>}
			</header>
			<Trouble problem={found.problem} />
			{found.data === undefined && !found.problem && <Empty>Not connected.</Empty>}
			{found.data === null && <p>No upgrade is announced.</p>}
			{found.data && <Announced layer={layer} of={found.data} best={chain.best} again={found.again} />}
		</article>
	);
}

function Announced({ layer, of, best, again }: {
	layer: Layer; of: Announcement; best: number; again(): void;
}) {
	const [said, setSaid] = useState<string>();
	const [problem, setProblem] = useState<Problem>();
	const early = of.notBefore > best + 1;
	const steps: Record<Step, string> = {
		signing: 'Waiting for your signature…', sent: 'Sent…', included: 'In a block.', final: 'Final.',
	};
	const bring = async (file: File): Promise<void> => {
		setProblem(undefined);
		try {
			const api = await apiOf(layer);
			const code = new Uint8Array(await file.arrayBuffer());
			const hash = codeHash(api, code);
			if (hash !== of.codeHash) {
				throw fail('file', 'This is not the announced code', 'Pick the file that was voted on.',
					`Its hash is ${hash}, announced is ${of.codeHash}.`);
			}
			const tx = call(api, of.pallet, of.apply, `0x${hex(code)}`);
			await submit(api, tx, needAccount(), (step) => setSaid(steps[step]));
			setSaid('The new code runs from the next block on.');
			again();
		} catch (error) {
			setSaid(undefined);
			setProblem(problemOf(error));
		}
	};
	return (
		<>
			<Facts list={[
				['Announced code', <Code text={of.codeHash} side={8} label="code hash" />],
				['May be applied', early ? `from block ${of.notBefore}, in ${formatDuration((of.notBefore - best) * BLOCK)}` : 'now'],
			]} />
			<label class="button">
				Bring the code
				<input type="file" class="hidden" accept=".wasm" disabled={early}
					onChange={(event) => {
						const file = event.currentTarget.files?.[0];
						if (file) void bring(file);
					}} />
			</label>
			<p role="status" aria-live="polite">{said}</p>
			<Trouble problem={problem} />
		</>
	);
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

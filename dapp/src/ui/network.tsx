// SPDX-License-Identifier: Apache-2.0
// Which nodes are asked, and whether they answer.

import { useRef, useState } from 'preact/hooks';
import { chains, strangers } from '../chain/connect';
import { EDGES, type Edge } from '../chain/flow';
import { related } from '../chain/lanes';
import { endpoints, forgetEndpoints, isEndpoint, keepEndpoints, LAYERS, type Endpoints } from '../config';
import { Trouble } from './parts';

const DOTS = { connecting: 'warn', ready: 'good', down: 'bad', wrong: 'bad' } as const;
const SAID = { connecting: 'connecting', ready: 'connected', down: 'not reachable', wrong: 'wrong network' };

/** Reloads the page without endpoints in its address, which would win over kept ones. */
function restart(): void {
	const url = new URL(location.href);
	for (const layer of LAYERS) url.searchParams.delete(layer.toLowerCase());
	history.replaceState(null, '', url);
	location.reload();
}

export function NetworkMenu() {
	const dialog = useRef<HTMLDialogElement>(null);
	const [draft, setDraft] = useState<Endpoints>(endpoints());
	const states = LAYERS.map((layer) => chains[layer].value);
	const spoken = states.map(({ layer, status }) => `${layer} ${SAID[status]}`).join(', ');
	const wrong = LAYERS.filter((layer) => !isEndpoint(draft[layer]));
	const save = (event: Event): void => {
		event.preventDefault();
		if (wrong.length > 0) return;
		keepEndpoints(draft);
		restart();
	};
	return (
		<>
			<button type="button" class="quiet" aria-label={`Network: ${spoken}. Change`}
				onClick={() => dialog.current?.showModal()}>
				<span class="dots" aria-hidden="true">
					{states.map(({ layer, status }) => <i key={layer} class={DOTS[status]} />)}
				</span>
				<span class="wide">Network</span>
			</button>
			<dialog ref={dialog} aria-labelledby="network-title">
				<form onSubmit={save}>
					<h2 id="network-title">Network</h2>
					<p>One node of each layer. They are asked directly; there is no server in between.</p>
					{LAYERS.map((layer) => (
						<label key={layer}>
							{layer} chain <small>{SAID[chains[layer].value.status]}</small>
							<input type="url" required value={draft[layer]} spellcheck={false}
								aria-invalid={wrong.includes(layer)}
								onInput={(event) => setDraft({ ...draft, [layer]: event.currentTarget.value })} />
						</label>
					))}
					{wrong.length > 0 && <p class="hint">An address begins with ws:// or wss://.</p>}
					<div class="actions">
						<button type="submit">Connect</button>
						<button type="button" class="quiet" onClick={() => { forgetEndpoints(); restart(); }}>
							Local defaults
						</button>
						<button type="button" class="quiet" onClick={() => dialog.current?.close()}>Close</button>
					</div>
				</form>
			</dialog>
		</>
	);
}

/** What is wrong with the nodes, if anything. */
export function NetworkTrouble() {
	const bad = LAYERS.map((layer) => chains[layer].value).filter(({ problem }) => problem);
	const edges = (Object.keys(EDGES) as Edge[]).filter((edge) => related(edge) === false);
	return (
		<>
			{bad.map(({ layer, problem }) => <Trouble key={layer} problem={problem} />)}
			{edges.map((edge) => (
				<Trouble key={edge} problem={strangers(EDGES[edge].parent, EDGES[edge].child)} />
			))}
		</>
	);
}

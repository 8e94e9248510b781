// SPDX-License-Identifier: Apache-2.0
// Lanes between the layers, and the messages that travel on them.

import { effect, signal } from '@preact/signals';
import type { Layer } from '../config';
import { apiOf, chains, onBlock } from './connect';
import { laneEnd, neighbours } from './market';
import { EDGES, flow, LANES, moves, type Edge, type LaneFlow, type Traveller } from './flow';
import type { Neighbour } from './views';

export const flows = signal<LaneFlow[]>([]);
export const travellers = signal<Traveller[]>([]);
export const peers = signal<Partial<Record<Layer, Neighbour[]>>>({});

/** How long an arrived message is still drawn. */
const LINGER = 2_500;

async function ends(edge: Edge, lane: number): Promise<LaneFlow | undefined> {
	const { parent, child } = EDGES[edge];
	const [above, below] = [chains[parent].value, chains[child].value];
	if (above.status !== 'ready' || below.status !== 'ready' || !above.id || !below.id) return;
	const [parentEnd, childEnd] = await Promise.all([
		apiOf(parent).then((api) => laneEnd(api, below.id ?? '', lane)),
		apiOf(child).then((api) => laneEnd(api, above.id ?? '', lane)),
	]);
	if (!parentEnd || !childEnd) return;
	return {
		edge,
		lane,
		open: parentEnd.state.open && childEnd.state.open,
		down: flow(parentEnd, childEnd),
		up: flow(childEnd, parentEnd),
	};
}

function show(next: LaneFlow[]): void {
	const before = flows.peek();
	flows.value = next;
	const seen = next.flatMap((now) => {
		const old = before.find(({ edge, lane }) => edge === now.edge && lane === now.lane);
		const where = { edge: now.edge, lane: now.lane };
		return [
			...moves({ ...where, up: false }, old?.down, now.down),
			...moves({ ...where, up: true }, old?.up, now.up),
		];
	});
	const keys = new Set(seen.map(({ key }) => key));
	const lingering = travellers.peek().filter((old) => old.arrived && !keys.has(old.key));
	travellers.value = [...lingering, ...seen];
	const arrived = new Set(seen.filter((one) => one.arrived).map(({ key }) => key));
	if (arrived.size === 0) return;
	setTimeout(() => {
		travellers.value = travellers.peek().filter(({ key }) => !arrived.has(key));
	}, LINGER);
}

let looking = false;

async function look(): Promise<void> {
	if (looking) return;
	looking = true;
	try {
		const edges: Edge[] = ['top', 'bottom'];
		const all = edges.flatMap((edge) => LANES.map((_, lane) => ends(edge, lane)));
		show((await Promise.all(all)).filter((one) => one !== undefined));
	} catch {
		// A node that went away is told of elsewhere; the next block looks again.
	} finally {
		looking = false;
	}
}

/** Watches lanes and neighbours with every block. */
export function watchLanes(): () => void {
	const stop = onBlock((layer, api) => {
		void look();
		neighbours(api).then(
			(list) => {
				peers.value = { ...peers.peek(), [layer]: list };
			},
			() => undefined,
		);
	});
	const clear = effect(() => {
		const gone = Object.values(chains).some((chain) => chain.value.status !== 'ready');
		if (gone) void look();
	});
	return () => {
		stop();
		clear();
	};
}

/** Whether two layers that are shown belong together; `undefined` as long as that is not known. */
export function related(edge: Edge): boolean | undefined {
	const { parent, child } = EDGES[edge];
	const list = peers.value[parent];
	const id = chains[child].value.id;
	if (!list || !id || chains[child].value.status !== 'ready') return undefined;
	return list.some((peer) => peer.chain === id && peer.relation === 'Child');
}

// SPDX-License-Identifier: Apache-2.0
// Referenda, votes and upgrades.

import { Empty } from '../ui/parts';
import { Referenda } from './referenda';
import { Upgrades } from './upgrades';
import { chains } from '../chain/connect';

export function Governance() {
	const ready = chains.Main.value.status === 'ready';
	return (
		<>
			<p class="lead">
				The main chain's token holders decide. What they decide travels down the lanes: no layer has a key
				of its own above the vote.
			</p>
			{ready ? <Referenda /> : <Empty>Waiting for the main chain…</Empty>}
			<Upgrades />
		</>
	);
}
